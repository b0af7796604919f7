// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { measure } from '../../src/exporters/otlp/measured.ts'
import type { Block } from '../../src/exporters/prometheus/family.ts'
import { exporterContract } from '../contracts/exporter.ts'
import { receiveGrpc, receiveHttp } from '../support/otlp-receiver.ts'
import { HUGE, observed, reading } from './fixture.ts'
import { exporter, PROTOCOLS, pointOf, receive, to, until, watched } from './otlp-sender.ts'
import { translated } from './otlp-translated.ts'

t.test('keeps the contract of exporters', async (t) => {
  await using receiver = await receiveHttp()
  await exporterContract(t, () => exporter(to(receiver)))
})

for (const protocol of PROTOCOLS) {
  t.test(`${protocol}: what arrives is what /metrics says at that moment`, async (t) => {
    await using receiver = await receive(protocol)
    const prometheus = watched()
    await using _ = exporter(to(receiver, protocol), { latest: prometheus.latest })
    const { points } = await receiver.next(0)
    const scraped = [...parsed((await prometheus.render(undefined)).body)].filter(([name]) =>
      /^pktspot_(source|receive|statistic|last)_/.test(name),
    )
    t.ok(scraped.length > 60, `${scraped.length} series`)
    t.strictSame(
      [...translated(points)].sort(([a], [b]) => (a < b ? -1 : 1)),
      scraped.sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  })

  t.test(`${protocol}: with headers, gzip and the resource's attributes`, async (t) => {
    await using receiver = await receive(protocol)
    await using _ = exporter({
      ...to(receiver, protocol),
      EXPORTER_OTLP_HEADERS: 'Api-Key=s%3Dcret',
      EXPORTER_OTLP_COMPRESSION: 'gzip',
      RESOURCE_ATTRIBUTES: 'k8s.node.name=n1,host.name=h1',
      SERVICE_NAME: 'edge',
    })
    const { headers, resource, scope, path } = await receiver.next(0)
    t.equal(headers['api-key'], 's=cret')
    if (protocol !== 'grpc') t.equal(headers['content-encoding'], 'gzip')
    t.match(headers['user-agent'], /^pktspot\/1\.2\.3 /)
    if (protocol !== 'grpc') t.equal(path, '/v1/metrics')
    t.match(resource, { 'k8s.node.name': 'n1', 'host.name': 'h1', 'service.name': 'edge' })
    t.equal(resource['service.version'], '1.2.3')
    t.match(resource['service.instance.id'], /^[0-9a-f-]{36}$/)
    t.equal(scope, 'pktspot')
  })

  t.test(`${protocol}: totals beyond 2^53 and no answer`, async (t) => {
    await using receiver = await receive(protocol)
    await using _ = exporter(to(receiver, protocol))
    const { points } = await receiver.next(0)
    const bytes = pointOf(points, 'system.network.io')?.value
    t.equal(bytes, protocol === 'http/json' ? HUGE : HUGE - 1n)
    t.ok(Number.isNaN(pointOf(points, 'pktspot.statistic.value', 'AVG_PKT_SIZE')?.value))
  })
}

t.test('grpc: messages are compressed', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sender = exporter({ ...to({ port }, 'grpc'), EXPORTER_OTLP_COMPRESSION: 'gzip' })
  const [stream, headers] = await once(server, 'stream')
  t.equal(headers['grpc-encoding'], 'gzip')
  const [chunk] = await once(stream, 'data')
  t.equal(chunk[0], 1, 'the flag of a compressed message')
  stream.destroy()
  server.close()
  await sender[Symbol.asyncDispose]()
})

t.test('nothing of OpenTelemetry is loaded until it is wanted', async (t) => {
  const loadedWith = (file: string): string => {
    const url = new URL(`../../src/${file}`, import.meta.url)
    const script = `import(${JSON.stringify(url)}).then(() => {
      const names = Object.keys(require('node:module')._cache)
      console.log(names.filter((name) => /opentelemetry.(?!api.)/.test(name)).length)
    })`
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout.trim()
  }
  t.equal(loadedWith('commands/run.js'), '0')
  t.equal(loadedWith('exporters/otlp/environment.js'), '0')
  t.not(loadedWith('exporters/otlp/exporter.js'), '0')
})

t.test('names, units and kinds are those of the conventions, or our own', async (t) => {
  await using receiver = await receiveHttp()
  await using _ = exporter(to(receiver))
  const { points } = await receiver.next(0)
  const device = { 'network.io.direction': 'receive', 'system.device': 'eth0' }
  const face = { 'network.io.direction': 'receive', 'network.interface.name': 'eth0' }
  const sum = { kind: 'sum', monotonic: true, temporality: 'cumulative' }
  t.match(pointOf(points, 'system.network.packet.count'), { ...sum, unit: '{packet}' })
  t.strictSame(pointOf(points, 'system.network.packet.count')?.attributes, device)
  t.match(pointOf(points, 'system.network.io'), { ...sum, unit: 'By' })
  t.strictSame(pointOf(points, 'system.network.io')?.attributes, face)
  t.match(pointOf(points, 'system.network.packet.dropped'), { ...sum, unit: '{packet}' })
  t.match(pointOf(points, 'pktspot.receive.syn_packets'), { ...sum, unit: '{packet}', value: 3n })
  t.match(pointOf(points, 'pktspot.receive.packet_size_bytes'), {
    kind: 'histogram',
    unit: 'By',
    temporality: 'cumulative',
    value: { bounds: [64, 1518], counts: [5n, 6n, 1n], count: 12n, sum: Number(HUGE) },
  })
  t.match(pointOf(points, 'pktspot.statistic.upper_threshold', 'R_SYN'), {
    kind: 'gauge',
    value: 0.875,
  })
  t.match(pointOf(points, 'pktspot.statistic.false_alarm_ratio', 'R_SYN'), { unit: '1' })
  t.equal(
    points.some(({ name }) => name.startsWith('pktspot_')),
    false,
  )
})

t.test('a series for the rest is marked, by a truth value', async (t) => {
  await using receiver = await receiveHttp()
  const labels = { interface: 'eth0', address: 'other', otel_metric_overflow: 'true' }
  const family = { name: 'pktspot_hosts_bytes', type: 'counter', help: 'x', labels: [] } as const
  const block: Block<bigint> = { family, series: [{ labels, value: (subject) => subject }] }
  await using _ = exporter(to(receiver), { further: () => measure([block], 7n) })
  const { points } = await receiver.next(0)
  const found = points.find(({ name }) => name === 'pktspot.hosts.bytes')
  t.equal(found?.value, 7n)
  t.strictSame(found?.attributes, {
    interface: 'eth0',
    address: 'other',
    'otel.metric.overflow': true,
  })
})

t.test('many series come in several requests, of one moment', async (t) => {
  await using receiver = await receiveGrpc()
  const family = { name: 'pktspot_hosts_bytes', type: 'counter', help: 'x', labels: [] } as const
  const series = Array.from({ length: 4500 }, (_, host) => ({
    labels: { interface: 'eth0', address: `${host}` },
    value: () => host,
  }))
  const slow = { ...to(receiver, 'grpc'), METRIC_EXPORT_INTERVAL: 60_000 }
  const further = () => measure([{ family, series }], null)
  await exporter(slow, { further })[Symbol.asyncDispose]()
  t.equal(receiver.received.length, 3)
  const points = receiver.received.flatMap(({ points }) => points)
  t.equal(new Set(points.map(({ end }) => end)).size, 1)
  const hosts = points.filter(({ name }) => name === 'pktspot.hosts.bytes')
  t.same(
    hosts.map(({ value, attributes }) => [String(value), attributes['address']]),
    series.map(({ labels }) => [labels.address, labels.address]),
  )
})

t.test('delta: what was refused comes with the next, and the sum is the total', async (t) => {
  await using receiver = await receiveHttp()
  let packets = 100n
  const look = () => reading({ slots: [packets++, 0n, 0n, 5n, 0n, 0n] })
  const { latest } = watched([observed('eth0', { look })])
  const preference = { EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' }
  const sender = exporter({ ...to(receiver), ...preference }, { latest })
  await receiver.next(1)
  receiver.conduct = 400
  const before = sender.standing().failures
  await until(t, () => sender.standing().failures > before + 2)
  receiver.conduct = 'take'
  await receiver.next()
  await sender[Symbol.asyncDispose]()
  const counts = receiver.received.map(({ points }) =>
    pointOf(points, 'system.network.packet.count'),
  )
  const sum = counts.reduce((total, each) => total + BigInt(Number(each?.value)), 0n)
  t.equal(sum, packets - 1n)
  t.ok(counts.every((each) => each?.temporality === 'delta'))
  for (const [at, each] of counts.entries()) {
    if (at > 0) t.equal(each?.start, counts[at - 1]?.end, 'no gap and no overlap in time')
  }
  const sizes = receiver.received.map(
    ({ points }) => pointOf(points, 'pktspot.receive.packet_size_bytes')?.value,
  )
  t.match(sizes[0], { counts: [5n, 0n, 0n] })
  t.match(sizes[1], { counts: [0n, 0n, 0n], count: 0n })
})

function parsed(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line): [string, number] => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1).replace('Inf', 'Infinity'))]
    }),
  )
}
