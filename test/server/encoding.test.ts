// SPDX-License-Identifier: Apache-2.0
import { get, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { prefersGzip } from '../../src/server/encoding.ts'
import { started } from './started.ts'

t.test('reads the header Accept-Encoding by its weights', (t) => {
  for (const header of [
    'gzip',
    'GZIP',
    'x-gzip',
    '*',
    'br, gzip',
    'gzip;q=0.1',
    'identity;q=0.5, gzip',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    ' deflate , gzip ; q=0.001',
  ]) {
    t.equal(prefersGzip(header), true, header)
  }
  for (const header of [
    undefined,
    '',
    'identity',
    'br',
    'gzip;q=0',
    'gzip;q=0, *',
    '*;q=0',
    'identity, gzip;q=0.5',
    'gzip;q=',
    'xgzip',
  ]) {
    t.equal(prefersGzip(header), false, String(header))
  }
  t.end()
})

t.test('compresses long texts for those who ask, and tells the length', async (t) => {
  const body =
    'pktspot_statistic_value{interface="eth0",statistic="TRAFFIC",window="1"} 1.5\n'.repeat(10_000)
  const { address } = await started(t, {
    metrics: { render: async () => ({ type: 'text/plain', body }) },
  })
  const ask = async (path: string, encoding?: string, method = 'GET') => {
    const headers = encoding === undefined ? {} : { 'accept-encoding': encoding }
    const [response] = await new Promise<[IncomingMessage]>((resolve, reject) => {
      get(`http://${address}${path}`, { headers, method }, (answer) => resolve([answer])).on(
        'error',
        reject,
      )
    })
    return { headers: response.headers, body: await buffer(response) }
  }
  const zipped = await ask('/metrics', 'gzip')
  t.equal(zipped.headers['content-encoding'], 'gzip')
  t.equal(zipped.headers['content-length'], String(zipped.body.length))
  t.match(zipped.headers.vary, /Accept-Encoding/)
  t.ok(zipped.body.length < body.length / 20)
  t.equal(String(gunzipSync(zipped.body)), body)
  const plain = await ask('/metrics')
  t.equal(plain.headers['content-encoding'], undefined)
  t.equal(String(plain.body), body)
  t.equal((await ask('/metrics', 'gzip;q=0')).headers['content-encoding'], undefined)
  t.equal((await ask('/-/healthy', 'gzip')).headers['content-encoding'], undefined, 'too short')
  t.equal((await ask('/', 'gzip')).headers['content-encoding'], 'gzip', 'the page too')
  const head = await ask('/metrics', 'gzip', 'HEAD')
  t.equal(head.headers['content-length'], String(zipped.body.length))
  t.equal(head.body.length, 0)
})
