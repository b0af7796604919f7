// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createConnections } from '../../src/server/connections.ts'
import { makeCertificate } from './certificates.ts'
import { folder, started } from './started.ts'

/** Watches the event loop; gives the longest time in milliseconds in which it did nothing else. */
function watchLoop(): () => number {
  let worst = 0
  let last = performance.now()
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  return () => {
    clearInterval(timer)
    return worst
  }
}

/** Asks for health; gives the milliseconds until the answer. */
async function healthMs(address: string): Promise<number> {
  const begin = performance.now()
  const { status } = await fetch(`http://${address}/-/healthy`, {
    headers: { connection: 'close' },
  })
  if (status !== 200) throw new Error(`health: ${status}`)
  return performance.now() - begin
}

function dial(t: Test, port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).resume()
  t.teardown(() => socket.destroy())
  return socket
}

t.test('goes on beside 10,000 idle connections, or as many as the machine allows', async (t) => {
  const { address, port } = await started(t)
  const allowed = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }))
  /* both ends are in this process, and the server keeps no more than its limit */
  const count = Math.min(10_000, Math.max(0, allowed - 1500))
  const stop = watchLoop()
  const answers: number[] = []
  let opened = 0
  for (let i = 0; i < count; i++) {
    dial(t, port).once('connect', () => opened++)
    if (i % 500 === 499) answers.push(await healthMs(address))
  }
  answers.push(await healthMs(address))
  t.comment(
    `${opened} connections opened, health in at most ${Math.max(...answers).toFixed(0)} ms, loop held for at most ${stop().toFixed(0)} ms (both ends in one process)`,
  )
  t.ok(opened >= count * 0.9)
  t.ok(Math.max(...answers) < 2_000)
})

t.test('goes on beside slow requests, and drops them', { timeout: 30_000 }, async (t) => {
  const { address, port } = await started(t)
  const slow = Array.from({ length: 300 }, () => dial(t, port))
  for (const socket of slow) socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n')
  const drip = setInterval(() => {
    for (const socket of slow) if (!socket.destroyed) socket.write('X-Drip: 1\r\n')
  }, 200)
  const closed = Promise.all(slow.map((socket) => once(socket, 'close')))
  const begin = performance.now()
  for (let i = 0; i < 10; i++) t.ok((await healthMs(address)) < 1_000)
  await closed
  clearInterval(drip)
  t.ok(performance.now() - begin < 8_000, 'however busy they pretend to be')
})

t.test('drops who asks and does not read', { timeout: 15_000 }, async (t) => {
  const limits = { connections: 8, firstMs: 5_000, nextMs: 5_000, answerMs: 300 }
  await using connections = createConnections(limits)
  const { createServer } = await import('node:net')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    connections.add(socket)
    connections.begin(socket)
  })
  t.teardown(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const bound = server.address()
  const socket = dial(t, typeof bound === 'object' && bound ? bound.port : 0)
  const begin = performance.now()
  await once(socket, 'close')
  const took = performance.now() - begin
  t.ok(took > 250 && took < 2_000, `${took} ms`)
})

t.test('refuses 1 MB of headers and a body at once', async (t) => {
  const { address, port } = await started(t)
  const answer = async (head: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(head)
    let text = ''
    try {
      for await (const chunk of socket) text += chunk
    } catch {
      /* reset while we were still sending */
    }
    return text
  }
  const long = 'a'.repeat(2 ** 20)
  const get = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n'
  t.match(await answer(`${get}X-Long: ${long}\r\n\r\n`), /^(?:HTTP\/1\.1 431 |$)/)
  t.match(
    await answer(`GET /${long} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    /^(?:HTTP\/1\.1 431 |$)/,
  )
  t.match(await answer(`${get}${'X-A: b\r\n'.repeat(2 ** 17)}\r\n`), /^(?:HTTP\/1\.1 431 |$)/)
  t.match(await answer(`${get}Content-Length: 1000000000\r\n\r\n${long}`), /^(?:HTTP\/1\.1 413 |$)/)
  t.ok((await healthMs(address)) < 1_000)
})

t.test('answers 100 scrapes at once, those beyond the limit with 503', async (t) => {
  const text = 'pktspot_statistic_value{interface="eth0",statistic="TRAFFIC"} 1.5\n'.repeat(10_000)
  const render = async () => {
    await sleep(50)
    return { type: 'text/plain', body: text }
  }
  const { address } = await started(t, { metrics: { render } })
  const stop = watchLoop()
  const scrape = async () => {
    const response = await fetch(`http://${address}/metrics`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    const { length } = await response.text()
    return { status: response.status, whole: length === text.length }
  }
  const all = Array.from({ length: 100 }, scrape)
  const health = await healthMs(address)
  const answers = await Promise.all(all)
  const good = answers.filter(({ status }) => status === 200)
  t.comment(
    `${good.length} of 100 answered, health in ${health.toFixed(0)} ms, loop held for at most ${stop().toFixed(0)} ms`,
  )
  t.ok(good.length >= 40)
  t.ok(good.every(({ whole }) => whole))
  t.ok(answers.every(({ status }) => status === 200 || status === 503))
  t.same(await scrape(), { status: 200, whole: true }, 'and all is well afterwards')
})

t.test('has as many scrapes at once as it is told', async (t) => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const render = async () => {
    await held
    return { type: 'text/plain', body: 'metric 1\n' }
  }
  const { address } = await started(t, { metrics: { render }, maxRequests: 2 })
  const first = [fetch(`http://${address}/metrics`), fetch(`http://${address}/metrics`)]
  await sleep(100)
  const third = await fetch(`http://${address}/metrics`)
  t.match(
    { status: third.status, after: third.headers.get('retry-after') },
    { status: 503, after: '1' },
  )
  t.equal((await fetch(`http://${address}/-/healthy`)).status, 200)
  release()
  for (const each of await Promise.all(first)) t.equal(each.status, 200)
  const { address: boundless } = await started(t, { maxRequests: 0 })
  t.equal((await fetch(`http://${boundless}/metrics`)).status, 200)
})

t.test('takes a token for every request where the rate is limited', async (t) => {
  const at = await folder(t, { 'web.yml': 'rate_limit: { interval: 10s, burst: 3 }' })
  const { address } = await started(t, { configFile: join(at, 'web.yml') })
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) statuses.push((await fetch(`http://${address}/-/healthy`)).status)
  t.same(statuses, [200, 200, 200, 429, 429])
  t.equal((await fetch(`http://${address}/`)).headers.get('retry-after'), '10')
})

t.test('sets the headers that the file names and takes off those that are blank', async (t) => {
  const text =
    'http_server_config: { headers: { X-Frame-Options: sameorigin, Content-Security-Policy: "", X-XSS-Protection: "0" } }'
  const at = await folder(t, { 'web.yml': text })
  const { address } = await started(t, { configFile: join(at, 'web.yml') })
  const { headers } = await fetch(`http://${address}/nothing`)
  t.equal(headers.get('x-frame-options'), 'sameorigin')
  t.equal(headers.get('content-security-policy'), null)
  t.equal(headers.get('x-xss-protection'), '0')
  t.equal(headers.get('x-content-type-options'), 'nosniff')
  t.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
})

t.test('many requests on one connection of HTTP/2, and its end', { timeout: 20_000 }, async (t) => {
  const at = await folder(t, {
    'web.yml': 'tls_server_config: { cert_file: s.pem, key_file: s.key }',
  })
  await makeCertificate(at, 's')
  const { port, server } = await started(t, { configFile: join(at, 'web.yml') })
  const session = connectHttp2(`https://localhost:${port}`, { rejectUnauthorized: false })
  session.on('error', () => {})
  const ask = async (): Promise<number> => {
    const stream = session.request({ ':path': '/metrics' })
    const [headers] = await once(stream, 'response')
    stream.resume()
    await once(stream, 'end')
    return headers[':status']
  }
  const statuses = await Promise.all(Array.from({ length: 30 }, ask))
  t.ok(statuses.every((each) => each === 200))
  const begin = performance.now()
  await server[Symbol.asyncDispose]()
  if (!session.destroyed) await once(session, 'close')
  t.ok(performance.now() - begin < 400, 'an idle session does not hold up the end')
})
