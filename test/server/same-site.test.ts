// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { hashSync } from 'bcryptjs'
import t from 'tap'
import { parseListenAddress } from '../../src/server/address.ts'
import { isLoopback } from '../../src/server/same-site.ts'
import { folder, started } from './started.ts'

type Headers = Readonly<Record<string, string>>

async function status(address: string, headers: Headers, method = 'GET', path = '/metrics') {
  const asked = request(`http://${address}${path}`, { headers, method })
  asked.end()
  const [response]: IncomingMessage[] = await once(asked, 'response')
  response?.resume()
  return response?.statusCode
}

t.test('refuses what pages of other sites ask for', async (t) => {
  const { address, port } = await started(t)
  const navigation = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  const good: Headers[] = [
    {},
    { origin: `http://${address}` },
    { origin: `https://${address}` },
    { host: `localhost:${port}`, origin: `http://LOCALHOST:${port}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://proxy.example' },
    { 'sec-fetch-site': 'none' },
    navigation,
  ]
  for (const headers of good) t.equal(await status(address, headers), 200, JSON.stringify(headers))
  const bad: Headers[] = [
    { origin: 'https://foreign.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${port + 1}` },
    { origin: 'file://' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: `http://${address}` },
    { ...navigation, 'sec-fetch-dest': 'iframe' },
    { ...navigation, 'sec-fetch-mode': 'no-cors' },
  ]
  for (const headers of bad) t.equal(await status(address, headers), 403, JSON.stringify(headers))
  t.equal(await status(address, navigation, 'POST', '/-/reload'), 403)
})

t.test('answers to loopback names alone while only this machine can reach it', async (t) => {
  const { address } = await started(t)
  for (const host of [
    'localhost',
    'localhost:1',
    'LocalHost.:9',
    'a.localhost',
    '127.0.0.1:2',
    '127.9.9.9',
    '[::1]:3',
  ]) {
    t.equal(await status(address, { host }), 200, host)
  }
  for (const host of [
    'evil.example',
    'evil.example:10777',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '[2001:db8::1]',
    '127.0.0.1@evil.example',
  ]) {
    t.equal(await status(address, { host }), 403, host)
  }
})

t.test(
  'answers to every name where others can reach it, or where it asks for a password',
  async (t) => {
    const { port } = await started(t, { addresses: [parseListenAddress('0.0.0.0:0')] })
    t.equal(await status(`127.0.0.1:${port}`, { host: 'node-17.example' }), 200)
    const at = await folder(t, { 'web.yml': `basic_auth_users: { alice: ${hashSync('x', 4)} }` })
    const { address } = await started(t, { configFile: join(at, 'web.yml') })
    const authorization = `Basic ${Buffer.from('alice:x').toString('base64')}`
    t.equal(await status(address, { host: 'node-17.example', authorization }), 200)
  },
)

t.test('tells loopback names from others', (t) => {
  for (const host of [
    '127.1',
    '127.0.0.1.',
    '::1',
    '0.0.0.0',
    '128.0.0.1',
    'localhost..',
    'xlocalhost',
  ]) {
    t.equal(isLoopback(host), host === '127.0.0.1.', host)
  }
  t.end()
})
