// SPDX-License-Identifier: Apache-2.0
import type { ReceivedPoint } from '../support/otlp-receiver.ts'

/** Series names of /metrics by those of OpenTelemetry's conventions. */
const STANDARD: Readonly<Record<string, string>> = {
  'system.network.packet.count receive': 'pktspot_receive_packets_total',
  'system.network.io receive': 'pktspot_receive_bytes_total',
  'system.network.packet.dropped receive': 'pktspot_source_lost_packets_total',
}

/** Turns what was received into series, by the rules by which Prometheus takes OTLP. */
export function translated(points: readonly ReceivedPoint[]): Map<string, number> {
  return new Map(points.flatMap(seriesOf))
}

function seriesOf(point: ReceivedPoint): [string, number][] {
  const { value } = point
  const { name, labels } = nameAndLabels(point)
  if (typeof value !== 'object') return [[series(name, labels), Number(value)]]
  let upTo = 0n
  const buckets = value.counts.map((count, at): [string, number] => {
    upTo += count
    const le = String(value.bounds[at] ?? '+Inf')
    return [series(`${name}_bucket`, { ...labels, le }), Number(upTo)]
  })
  return [
    ...buckets,
    [series(`${name}_sum`, labels), value.sum ?? Number.NaN],
    [series(`${name}_count`, labels), Number(value.count)],
  ]
}

function nameAndLabels({ name, kind, attributes }: ReceivedPoint) {
  const { 'network.io.direction': direction, ...rest } = attributes
  const standard = direction && STANDARD[`${name} ${direction}`]
  const labels = Object.entries(rest).map(([key, value]) => [
    ['system.device', 'network.interface.name'].includes(key) ? 'interface' : underscored(key),
    String(value),
  ])
  const own = `${underscored(name)}${kind === 'sum' ? '_total' : ''}`
  return { name: standard || own, labels: Object.fromEntries(labels) as Record<string, string> }
}

function underscored(text: string): string {
  return text.replaceAll('.', '_')
}

function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}
