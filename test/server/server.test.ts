// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createLatest } from '../../src/exporters/latest.ts'
import type { Observed } from '../../src/exporters/observed.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { parseListenAddress } from '../../src/server/address.ts'
import { createServer, type ServerOptions } from '../../src/server/server.ts'
import { observed, report, statistics } from '../exporters/fixture.ts'

const METRICS = { render: async () => ({ type: 'text/plain; version=0.0.4', body: 'metric 1\n' }) }

function latest(...sources: Observed[]) {
  return createLatest({ sources, statistics, base: 1, periods: [1] })
}

async function serve(more: Partial<ServerOptions> = {}) {
  const lines: string[] = []
  const server = await createServer({
    addresses: [parseListenAddress('127.0.0.1:0')],
    telemetryPath: '/metrics',
    metrics: METRICS,
    version: '1.2.3',
    latest: latest(observed('eth0')),
    warn: (line) => lines.push(line),
    ...more,
  })
  return { server, lines, url: `http://${server.addresses[0]}` }
}

async function ask(url: string, options: RequestOptions = {}, body?: string) {
  const request = httpRequest(url, options)
  request.end(body)
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (!response) throw new Error('no response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Sends bytes as they are and gives all that comes back until the server closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

t.test('serves what the exporter writes', async (t) => {
  const sources = [observed('eth0')]
  await using metrics = createPrometheusExporter({
    sources,
    statistics,
    base: 1,
    periods: [1],
    version: '1',
  })
  metrics.publish(report('eth0'))
  const { server, url } = await serve({ metrics })
  await using _ = server
  const { status, headers, body } = await ask(`${url}/metrics?x=1`)
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  t.match(body, '\npktspot_receive_packets_total{interface="eth0"} 12\n')
})

t.test('moves the metrics to another path', async (t) => {
  const { server, url } = await serve({ telemetryPath: '/telemetry' })
  await using _ = server
  t.equal((await ask(`${url}/telemetry`)).body, 'metric 1\n')
  t.equal((await ask(`${url}/metrics`)).status, 404)
  t.match((await ask(url)).body, 'href="telemetry"')
})

t.test('is healthy always and ready while an interface is counted', async (t) => {
  const sources = [
    { ...observed('eth0'), up: false },
    { ...observed('eth1'), up: false },
  ]
  const { server, url } = await serve({ latest: latest(...sources) })
  await using _ = server
  t.match(await ask(`${url}/-/healthy`), { status: 200, body: 'ok\n' })
  t.match(await ask(`${url}/-/ready`), { status: 503, body: /^not ready: / })
  for (const source of sources.slice(0, 1)) source.up = true
  t.match(await ask(`${url}/-/ready`), { status: 200, body: 'ready\n' })
})

t.test('answers HEAD with the headers of GET and no body', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  const { status, headers, body } = await ask(`${url}/metrics`, { method: 'HEAD' })
  t.equal(status, 200)
  t.equal(headers['content-length'], '9')
  t.equal(body, '')
})

t.test('refuses other methods, paths and request bodies', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']) {
    t.match(await ask(`${url}/metrics`, { method }), {
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  }
  t.equal((await ask(`${url}/nothing`)).status, 404)
  t.equal((await ask(`${url}/metrics/`)).status, 404)
  const headers = { 'Content-Length': '4' }
  t.match(await ask(`${url}/metrics`, { headers }, 'body'), {
    status: 413,
    headers: { connection: 'close' },
  })
  const expecting =
    'GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n'
  t.match(await raw(url, expecting), /^HTTP\/1\.1 413 /)
})

t.test('guards every answer with security headers', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  for (const path of ['/', '/metrics', '/-/ready', '/nothing']) {
    t.match((await ask(url + path)).headers, {
      'x-content-type-options': 'nosniff',
      'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
    })
  }
})

t.test('reads the absolute form of a request', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  const close = 'Host: localhost\r\nConnection: close\r\n\r\n'
  t.match(
    await raw(url, `GET http://localhost/metrics?b HTTP/1.1\r\n${close}`),
    /200 OK.*metric 1\n$/s,
  )
  t.match(await raw(url, `GET http://localhost HTTP/1.1\r\n${close}`), /200 OK.*<!DOCTYPE html>/s)
})

t.test('answers 500 and logs one line when writing the metrics fails', async (t) => {
  const render = async () => {
    throw new Error('broken')
  }
  const { server, lines, url } = await serve({ metrics: { render } })
  await using _ = server
  t.match(await ask(`${url}/metrics`), { status: 500, body: 'internal error: see the log\n' })
  t.same(lines, ['/metrics: not answered: Error: broken'])
  t.equal((await ask(`${url}/-/healthy`)).status, 200)
})

t.test('refuses headers beyond its limit', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  t.equal((await ask(url, { headers: { 'X-Long': 'a'.repeat(9000) } })).status, 431)
})

t.test('drops a request whose headers never end', { timeout: 15_000 }, async (t) => {
  const { server, url } = await serve()
  await using _ = server
  const begin = performance.now()
  t.equal(await raw(url, 'GET / HTTP/1.1\r\nHost: localhost\r\n'), '')
  t.ok(performance.now() - begin < 7_000)
})

t.test('drops the connections that idled longest when there are too many', async (t) => {
  const { server, url } = await serve()
  await using _ = server
  const { hostname, port } = new URL(url)
  const begin = performance.now()
  const sockets = Array.from({ length: 520 }, () => connect(Number(port), hostname))
  let closed = 0
  for (const socket of sockets)
    socket
      .on('error', () => {})
      .on('close', () => closed++)
      .resume()
  await Promise.all(sockets.slice(0, 8).map((socket) => once(socket, 'close')))
  t.equal(closed, 8)
  t.equal((await ask(`${url}/-/healthy`)).status, 200)
  t.ok(performance.now() - begin < 3_000, 'at once, not when their requests are overdue')
  for (const socket of sockets) socket.destroy()
})

t.test('listens on several addresses, IPv6 among them', async (t) => {
  const addresses = [parseListenAddress('127.0.0.1:0'), parseListenAddress('[::1]:0', true)]
  const { server, lines } = await serve({ addresses })
  await using _ = server
  t.equal(server.addresses.length + lines.length, 2)
  for (const address of server.addresses) {
    t.equal((await ask(`http://${address}/-/healthy`)).status, 200)
  }
})

t.test('starts without an optional address that the machine lacks, with one line', async (t) => {
  const lacking = parseListenAddress('[2001:db8::1]:0', true)
  const { server, lines, url } = await serve({
    addresses: [parseListenAddress('127.0.0.1:0'), lacking],
  })
  await using _ = server
  t.equal(lines.length, 1)
  t.match(lines[0], /^not listening on \[2001:db8::1\]:0: .*\((EADDRNOTAVAIL|EAFNOSUPPORT)\)$/)
  t.equal((await ask(url)).status, 200)
  await t.rejects(serve({ addresses: [lacking] }), { code: 'LISTEN' })
})

t.test('refuses to start where it cannot listen, and leaves nothing open', async (t) => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const busy = { host: '127.0.0.1', port, optional: true }
  await t.rejects(serve({ addresses: [busy] }), {
    code: 'LISTEN',
    message: `not listening on 127.0.0.1:${port}: EADDRINUSE: another program listens there. Stop it, or choose another port with --web.listen-address.`,
  })
  taken.close()
  await once(taken, 'close')

  const lacking = { host: '2001:db8::1', port: 0, optional: false }
  await t.rejects(serve({ addresses: [busy, lacking] }), {
    code: 'LISTEN',
    message: /^not listening on \[2001:db8::1\]:0: \w+: this machine /,
  })
  const socket = connect(port, '127.0.0.1')
  const [error] = await once(socket, 'error')
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('closes promptly, idle and half-open connections included', async (t) => {
  const { server, url } = await serve()
  const agent = new Agent({ keepAlive: true })
  await ask(`${url}/metrics`, { agent })
  const { hostname, port } = new URL(url)
  const silent = connect(Number(port), hostname)
  silent.on('error', () => {}).resume()
  await once(silent, 'connect')
  const begin = performance.now()
  await server[Symbol.asyncDispose]()
  t.ok(performance.now() - begin < 2_000)
  await t.resolves(async () => server[Symbol.asyncDispose]())
  await t.rejects(ask(url), { code: 'ECONNREFUSED' })
  agent.destroy()
})

t.test('finishes an answer that is under way when it closes', async (t) => {
  let finish = (_: { type: string; body: string }) => {}
  let started = () => {}
  const rendering = new Promise<void>((resolve) => {
    started = resolve
  })
  const render = () => {
    started()
    return new Promise<{ type: string; body: string }>((resolve) => {
      finish = resolve
    })
  }
  const { server, url } = await serve({ metrics: { render } })
  const answer = ask(`${url}/metrics`, { agent: new Agent({ keepAlive: true }) })
  await rendering
  const begin = performance.now()
  const closing = server[Symbol.asyncDispose]()
  finish({ type: 'text/plain', body: 'late 1\n' })
  t.equal((await answer).body, 'late 1\n')
  await closing
  t.ok(performance.now() - begin < 400, 'without waiting for the grace to end')
})
