// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Temporality } from '../../src/exporters/otlp/environment.ts'
import { batches, type Measured, measure, merged } from '../../src/exporters/otlp/measured.ts'
import { nameOf } from '../../src/exporters/otlp/names.ts'
import { createStreams } from '../../src/exporters/otlp/streams.ts'
import type { Value } from '../../src/exporters/otlp/value.ts'
import type { Block, Family } from '../../src/exporters/prometheus/family.ts'

const at = (second: number): Date => new Date(1_700_000_000_000 + second * 1000)

function total(value: Value, more: { began?: Date; host?: string } = {}): Measured {
  const { began, host = 'a' } = more
  const point = { attributes: { host }, value, ...(began && { began }) }
  return { name: 'm', help: '', unit: '', type: 'counter', points: [point] }
}

/** Settles these totals one a second and tells since when, as seconds, and how much; undefined: not there. */
function settled(
  temporality: Temporality,
  totals: readonly (Measured | undefined)[],
  arrives: (turn: number) => boolean = () => true,
) {
  const streams = createStreams(at(0), temporality)
  return totals.map((each, index) => {
    const { settled, arrived } = streams.at(at(index + 1))(each ? [each] : [])
    if (arrives(index)) arrived()
    const point = settled[0]?.points[0]
    return point && [(point.since.getTime() - at(0).getTime()) / 1000, point.value]
  })
}

t.test('a total counts since the start', async (t) => {
  t.same(settled('cumulative', [total(5n), total(7n)]), [
    [0, 5n],
    [0, 7n],
  ])
})

t.test('a series that comes later began after the settling before', async (t) => {
  const streams = createStreams(at(0), 'cumulative')
  streams.at(at(1))([total(1n)])
  const { settled } = streams.at(at(2))([total(2n), total(9n, { host: 'b' })])
  t.same(
    settled.map(({ points }) => points[0]?.since),
    [at(0), at(1)],
  )
})

t.test('a total that fell, or that says that it began anew, does', async (t) => {
  t.same(settled('cumulative', [total(5n), total(2n), total(3n)]), [
    [0, 5n],
    [1, 2n],
    [1, 3n],
  ])
  const again = [total(5n, { began: at(0) }), total(9n, { began: at(1.5) })]
  t.same(settled('cumulative', again), [
    [0, 5n],
    [1.5, 9n],
  ])
  t.same(settled('delta', again)[1], [1.5, 9n])
})

t.test('a short absence changes nothing, a long one does', async (t) => {
  const gone = (turns: number) => Array.from({ length: turns }, () => undefined)
  t.same(settled('cumulative', [total(5n), ...gone(5), total(6n)]).at(-1), [0, 6n])
  t.same(settled('cumulative', [total(5n), ...gone(12), total(6n)]).at(-1), [13, 6n])
})

t.test('deltas count from what arrived', async (t) => {
  const totals = [total(5n), total(7n), total(12n), total(4n), total(6n)]
  t.same(
    settled('delta', totals, (turn) => turn !== 1),
    [
      [0, 5n],
      [1, 2n],
      [1, 7n],
      [3, 4n],
      [4, 2n],
    ],
  )
})

t.test('an export that was given up and arrives later changes nothing', async (t) => {
  const streams = createStreams(at(0), 'delta')
  const late = streams.at(at(1))([total(5n)])
  streams
    .at(at(2))([total(7n)])
    .arrived()
  late.arrived()
  t.match(streams.at(at(3))([total(8n)]).settled[0]?.points[0], { since: at(2), value: 1n })
})

t.test('of histograms the buckets and the sum', async (t) => {
  const sizes = (counts: bigint[], sum: number): Measured => ({
    ...total({ bounds: [64], counts, sum }),
    type: 'histogram',
  })
  for (const temporality of ['delta', 'lowmemory'] as const) {
    t.same(settled(temporality, [sizes([3n, 1n], 400), sizes([4n, 1n], 450)])[1], [
      1,
      { bounds: [64], counts: [1n, 0n], sum: 50 },
    ])
  }
  t.equal(settled('lowmemory', [total(3n), total(5n)])[1]?.[1], 5n, 'totals that are only read')
})

t.test('a total that is not known is not told', async (t) => {
  t.same(settled('cumulative', [total(Number.NaN)]), [undefined])
})

function family(name: string, type: Family['type'] = 'counter'): Family {
  return { name, type, help: name, labels: [] }
}

const NAMES: readonly [family: string, name: string, unit: string][] = [
  ['pktspot_receive_packets', 'system.network.packet.count', '{packet}'],
  ['pktspot_transmit_packets', 'system.network.packet.count', '{packet}'],
  ['pktspot_transmit_bytes', 'system.network.io', 'By'],
  ['pktspot_source_lost_packets', 'system.network.packet.dropped', '{packet}'],
  ['pktspot_receive_ip_bytes', 'pktspot.receive.ip_bytes', 'By'],
  ['pktspot_receive_unique_flows', 'pktspot.receive.unique_flows', '{flow}'],
  ['pktspot_statistic_value', 'pktspot.statistic.value', ''],
  ['pktspot_statistic_recent_max', 'pktspot.statistic.recent_max', ''],
  ['pktspot_window_seconds', 'pktspot.window.seconds', 's'],
]
for (const [from, name, unit] of NAMES) {
  t.test(`${from} is ${name} in ${unit || 'no unit'}`, async (t) => {
    t.match(nameOf(family(from)), { name, unit })
  })
}

t.test('both directions of a metric are series of one', async (t) => {
  const block = (name: string, value: number): Block<null> => ({
    family: family(name),
    series: [{ labels: { interface: 'eth0' }, value: () => value }],
  })
  const blocks = [block('pktspot_receive_bytes', 1), block('pktspot_transmit_bytes', 2)]
  const [only, second] = merged(measure(blocks, null))
  t.equal(second, undefined)
  t.same(
    only?.points.map(({ attributes, value }) => [attributes['network.io.direction'], value]),
    [
      ['receive', 1],
      ['transmit', 2],
    ],
  )
})

t.test('batches hold every series once, and no more than allowed', async (t) => {
  const metric = (name: string, count: number): Measured => ({
    ...total(0n),
    name,
    points: Array.from({ length: count }, (_, at) => ({ attributes: { at: `${at}` }, value: at })),
  })
  const all = [metric('a', 3), metric('b', 5), metric('c', 1), metric('d', 4)]
  const dealt = batches(all, 4)
  const sizes = dealt.map((batch) => batch.reduce((sum, { points }) => sum + points.length, 0))
  t.same(sizes, [4, 4, 4, 1])
  t.same(merged(dealt.flat()), all)
  t.same(batches([], 4), [])
})

t.test('an info keeps the end of its name', async (t) => {
  t.equal(nameOf(family('pktspot_source', 'info')).name, 'pktspot.source.info')
})
