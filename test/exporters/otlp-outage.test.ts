// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { measure } from '../../src/exporters/otlp/measured.ts'
import { OTLP_BLOCKS } from '../../src/exporters/otlp/standing.ts'
import { receiveHttp } from '../support/otlp-receiver.ts'
import { observed, reading, START } from './fixture.ts'
import {
  exporter,
  freePort,
  PROTOCOLS,
  pointOf,
  receive,
  to,
  until,
  watched,
} from './otlp-sender.ts'

for (const protocol of PROTOCOLS) {
  t.test(`${protocol}: down, then up: one line each, and no gap`, async (t) => {
    const port = await freePort(protocol)
    let packets = 100n
    const look = () => reading({ slots: [packets++, 0n, 0n, 0n, 0n, 0n] })
    const { latest } = watched([observed('eth0', { look })])
    const variables = { ...to({ port }, protocol), EXPORTER_OTLP_TIMEOUT: 700 }
    await using sender = exporter(variables, { latest })
    await until(t, () => sender.standing().failures >= 5)
    await using receiver = await receive(protocol, { port })
    await receiver.next(0)
    await receiver.next(1)
    const [first, second] = receiver.received.map(({ points }) =>
      pointOf(points, 'system.network.packet.count'),
    )
    t.ok(Number(first?.value) >= 105)
    t.ok(Number(second?.value) > Number(first?.value))
    t.equal(first?.start, BigInt(START.getTime()) * 1_000_000n)
    t.equal(second?.start, first?.start)
    await until(t, () => sender.lines.length >= 2)
    t.equal(sender.lines.length, 2, sender.lines.join('\n'))
    t.match(sender.lines[0], `http://127.0.0.1:${port}`)
    t.match(sender.lines[1], 'again')
    t.match(sender.standing(), { lastSuccess: Date })
  })

  t.test(`${protocol}: a receiver that hangs gets one export at a time`, async (t) => {
    await using receiver = await receive(protocol)
    receiver.conduct = 'hang'
    const variables = { ...to(receiver, protocol), METRIC_EXPORT_TIMEOUT: 300 }
    await using sender = exporter(variables)
    await until(t, () => sender.standing().failures >= 1)
    const { exports, skipped } = sender.standing()
    t.equal(exports, 1)
    t.ok(skipped >= 1 && skipped <= 8, `${skipped} skipped`)
    t.match(sender.lines[0], /timed out|deadline|no answer within 300 ms/i)
    t.strictSame(
      measure(OTLP_BLOCKS, sender.standing()).map(({ name, points }) => [name, points[0]?.value]),
      [
        ['pktspot.otlp.exports', 1],
        ['pktspot.otlp.failures', 1],
        ['pktspot.otlp.skipped', skipped],
        ['pktspot.otlp.last_success_timestamp_seconds', Number.NaN],
      ],
    )
    receiver.conduct = 'take'
    await receiver.next(0)
  })
}

t.test('a refusal is told with the answer of the receiver', async (t) => {
  await using receiver = await receiveHttp()
  receiver.conduct = 401
  await using sender = exporter(to(receiver))
  await until(t, () => sender.lines.length > 0)
  t.match(sender.lines[0], /Unauthorized \(401\)/)
})

t.test('an answer that never ends is given up', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\nx: ')
    const timer = setInterval(() => socket.write('x'), 20)
    socket.on('close', () => clearInterval(timer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sender = exporter({ ...to({ port }), METRIC_EXPORT_TIMEOUT: 300 })
  await until(t, () => sender.lines.length > 0)
  t.match(sender.lines[0], 'no answer within 300 ms')
  const closed = new Promise((resolve) => server.close(resolve))
  await sender[Symbol.asyncDispose]()
  await closed
})

t.test('ends within 5 seconds whatever the receiver does', async (t) => {
  const conducts = ['hang', 'down', 'take'] as const
  const cases = PROTOCOLS.flatMap((protocol) => conducts.map((how) => [protocol, how] as const))
  await Promise.all(
    cases.map(async ([protocol, how]) => {
      const receiver = await receive(protocol)
      if (how === 'hang') receiver.conduct = 'hang'
      if (how === 'down') await receiver[Symbol.asyncDispose]()
      const slow = { METRIC_EXPORT_INTERVAL: 60_000, EXPORTER_OTLP_TIMEOUT: 10_000 }
      const sender = exporter({ ...to(receiver, protocol), ...slow })
      const begin = performance.now()
      await sender[Symbol.asyncDispose]()
      const took = performance.now() - begin
      t.ok(took < 5000, `${protocol}, ${how}: ${took} ms`)
      t.equal(receiver.received.length, how === 'take' ? 1 : 0, 'the last values are sent')
      if (how !== 'down') await receiver[Symbol.asyncDispose]()
    }),
  )
})

t.test('memory is flat while the receiver is down', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const port = await freePort('http/protobuf')
  const variables = { ...to({ port }), EXPORTER_OTLP_TIMEOUT: 700, METRIC_EXPORT_INTERVAL: 20 }
  await using sender = exporter(variables)
  await until(t, () => sender.standing().failures >= 30)
  const before = heap()
  await until(t, () => sender.standing().failures >= 150, 10_000)
  const grown = heap() - before
  t.ok(grown < 512 * 1024, `${grown} bytes more after 120 failures`)
  t.equal(sender.lines.length, 1)
})
