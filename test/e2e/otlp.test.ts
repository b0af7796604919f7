// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { pktspot } from '../commands/spawned.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { network } from '../support/netns.ts'
import { type Received, receiveHttp } from '../support/otlp-receiver.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? false

function variables(port: number): Record<string, string> {
  return {
    PKTSPOT_OTLP_ENABLED: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '700',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.node.name=node-7',
  }
}

function packetsOf({ points }: Received): number {
  const found = points.find(({ name }) => name === 'system.network.packet.count')
  return Number(found?.value ?? Number.NaN)
}

t.test('pushes what /metrics says, over an outage of the receiver too', { skip }, async (t) => {
  const link = await network(t)
  const first = await receiveHttp()
  const { port } = first
  const running = await startRun(t, ['-i', link.here], { env: variables(port) })
  const total = async (): Promise<number> => {
    const labels = { interface: link.here }
    return sample(await running.scrape(), 'pktspot_receive_packets_total', labels) ?? Number.NaN
  }
  const sent = await link.send(FIXTURE, { loop: 5 })
  await sleep(500)
  const before = await first.next()
  t.equal(packetsOf(before), sent.packets)
  t.equal(await total(), sent.packets)
  t.equal(before.resource['k8s.node.name'], 'node-7')

  await first[Symbol.asyncDispose]()
  await link.send(FIXTURE, { loop: 5 })
  await sleep(5000)
  await using second = await receiveHttp({ port })
  const after = await second.next(0)
  t.equal(packetsOf(after), 2 * sent.packets, 'what came in the meantime is there')
  t.equal(await total(), 2 * sent.packets)
  t.equal(after.points[0]?.start, before.points[0]?.start)
  await sleep(300)
  const told = running.log.filter((line) => line.includes(`127.0.0.1:${port}/v1/metrics`))
  t.equal(told.length, 3, told.join('\n'))

  await link.send(FIXTURE, { loop: 1 })
  t.same(await running.stop(), { code: 0, signal: null })
  t.equal(packetsOf(second.received.at(-1) ?? after), (11 * sent.packets) / 5, 'the last ones too')
})

t.test('a receiver that is not there harms nothing', { skip }, async (t) => {
  const link = await network(t)
  const { port, ...receiver } = await receiveHttp()
  await receiver[Symbol.asyncDispose]()
  const running = await startRun(t, ['-i', link.here], { env: variables(port) })
  const { packets } = await link.send(FIXTURE, { loop: 20 })
  await sleep(1000)
  const labels = { interface: link.here }
  t.equal(sample(await running.scrape(), 'pktspot_receive_packets_total', labels), packets)
  const begin = performance.now()
  t.same(await running.stop(), { code: 0, signal: null })
  t.ok(performance.now() - begin < 5000)
})

t.test('a wrong variable ends the program with 78, by name', { skip }, async (t) => {
  const env = { PKTSPOT_OTLP_ENABLED: 'true', OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' }
  const { code, stderr } = await pktspot(
    ['run', '-i', 'lo', '--web.listen-address', '127.0.0.1:0'],
    env,
  )
  t.equal(code, 78)
  t.match(stderr, 'OTEL_EXPORTER_OTLP_PROTOCOL: got "thrift"')
})
