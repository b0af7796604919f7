// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { parseListenAddress } from '../../src/server/address.ts'
import { createServer } from '../../src/server/server.ts'
import { observed, report, statistics } from '../exporters/fixture.ts'
import { latestOf } from '../server/serving.ts'
import { command, type Finished } from '../support/command.ts'
import { chart } from '../support/helm.ts'

/* what the pod of `helm test` runs, as it runs it */
const script = readFileSync(join(chart, 'files/test.mjs'), 'utf8')

function helmTest(address: string, more: Record<string, string> = {}): Promise<Finished> {
  const [HOST = '', PORT = ''] = address.split(':')
  const env = { HOST, PORT, SCHEME: 'http', BY: 'httpGet', METRICS: '/metrics', HEADERS: '[]' }
  return command(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...env, ...more },
  })
}

async function serve(configFile: string | null = null) {
  const sources = [observed('eth0')]
  const metrics = createPrometheusExporter({
    sources,
    statistics,
    base: 1,
    periods: [1],
    version: '1',
  })
  metrics.publish(report('eth0'))
  return createServer({
    addresses: [parseListenAddress('127.0.0.1:0')],
    telemetryPath: '/metrics',
    configFile,
    metrics,
    version: '1',
    latest: latestOf({ sources }),
    warn: () => {},
  })
}

t.test('is content with a server that is ready and has metrics', async (t) => {
  await using server = await serve()
  const [address = ''] = server.addresses
  const good = await helmTest(address)
  t.same([good.code, good.stdout], [0, '127.0.0.1: good\n'], good.stderr)
  const elsewhere = await helmTest(address, { METRICS: '/elsewhere' })
  t.equal(elsewhere.code, 1)
  t.match(elsewhere.stderr, '/elsewhere answers 404')
})

t.test('gives the password, or only connects', async (t) => {
  const file = join(t.testdir(), 'web.yml')
  writeFileSync(
    file,
    /* the password is "test" */
    'basic_auth_users: { probe: $2b$04$RC8w2zWOSuYjB.8FRg7i9uBW0m4PGx8obsb7Wf8jidWJypMOaWeV. }\n',
  )
  await using server = await serve(file)
  const [address = ''] = server.addresses
  const refused = await helmTest(address)
  t.equal(refused.code, 1)
  t.match(refused.stderr, '/-/ready answers 401')
  const value = `Basic ${Buffer.from('probe:test').toString('base64')}`
  const known = await helmTest(address, {
    HEADERS: JSON.stringify([{ name: 'Authorization', value }]),
  })
  t.equal(known.code, 0, known.stderr)
  t.equal((await helmTest(address, { BY: 'tcpSocket' })).code, 0)
})

t.test('fails where nobody listens', async (t) => {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  t.equal((await helmTest(`127.0.0.1:${port}`)).code, 1)
  t.equal((await helmTest(`127.0.0.1:${port}`, { BY: 'tcpSocket' })).code, 1)
})
