// SPDX-License-Identifier: Apache-2.0
import { type Family, type Labels, sampleName } from '../prometheus/family.ts'

/** What a family is called in OpenTelemetry. */
export interface Name {
  readonly name: string
  /** In UCUM; empty where values of a family differ in unit. */
  readonly unit: string
  /** Gives the attributes of a series. */
  readonly attributes: (labels: Labels) => Attributes
}

export type Attributes = Readonly<Record<string, string | boolean>>

/** Names that OpenTelemetry's conventions have for what an interface carries. */
const STANDARD = {
  packets: { name: 'system.network.packet.count', unit: '{packet}', key: 'system.device' },
  bytes: { name: 'system.network.io', unit: 'By', key: 'network.interface.name' },
  lost: { name: 'system.network.packet.dropped', unit: '{packet}', key: 'network.interface.name' },
} as const

/** Units by the last word of a name. */
const UNITS: Readonly<Record<string, string>> = {
  bytes: 'By',
  bits: 'bit',
  seconds: 's',
  ratio: '1',
  packets: '{packet}',
  addresses: '{address}',
  flows: '{flow}',
  ports: '{port}',
  windows: '{window}',
  anomalies: '{anomaly}',
  events: '{event}',
  excesses: '{excess}',
}

/**
 * Names a family: by the conventions where they have a name; else its own, the first two underscores dots.
 * So what turns OpenTelemetry's names into Prometheus's (dots to underscores, `_total` to sums) gives our own back.
 */
export function nameOf(family: Family): Name {
  const [, direction, what] = /^pktspot_(receive|transmit)_(packets|bytes)$/.exec(family.name) ?? []
  if (direction && (what === 'packets' || what === 'bytes')) return standard(what, direction)
  if (family.name === 'pktspot_source_lost_packets') return standard('lost', 'receive')
  if (family.name === 'pktspot_transmit_source_lost_packets') return standard('lost', 'transmit')
  const full = family.type === 'info' ? sampleName(family) : family.name
  const name = full.replace('_', '.').replace('_', '.')
  const last = family.name.slice(family.name.lastIndexOf('_') + 1)
  return { name, unit: UNITS[last] ?? '', attributes: ownAttributes }
}

function standard(what: keyof typeof STANDARD, direction: string): Name {
  const { name, unit, key } = STANDARD[what]
  return {
    name,
    unit,
    attributes: ({ interface: device = '', ...rest }) => ({
      [key]: device,
      'network.io.direction': direction,
      ...ownAttributes(rest),
    }),
  }
}

/* a label of Prometheus can hold text only */
function ownAttributes(labels: Labels): Attributes {
  const { otel_metric_overflow: overflow, ...rest } = labels
  return overflow === undefined ? rest : { ...rest, 'otel.metric.overflow': overflow === 'true' }
}
