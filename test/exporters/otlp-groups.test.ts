// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { measureGroups } from '../../src/exporters/otlp/groups.ts'
import { groupCollector } from '../../src/exporters/prometheus/group-collector.ts'
import { watchGroups } from '../../src/exporters/watched-groups.ts'
import type { ExposedKey, GroupScrape } from '../../src/groups/views.ts'
import { groupOf, meter, stand } from '../groups/stand.ts'
import { receiveHttp } from '../support/otlp-receiver.ts'
import { parseScrape } from '../support/scrape.ts'
import { exporter, to } from './otlp-sender.ts'
import { translated } from './otlp-translated.ts'

/** Words of an IPv4 address as a key. */
function address(last: number): readonly bigint[] {
  return [0n, (0xffffn << 32n) | BigInt(0x0a000000 + last)]
}

/** A group by address of which two keys, the rest and the total are shown. */
function looked() {
  const kinds = ['COUNTER', 'GAUGE_MIN_MAX_AVG', 'AVERAGE', 'RATE_COUNTER'] as const
  const group = groupOf(
    kinds.map((kind, id) => meter(id, kind)),
    {
      key: { fields: ['ip.src'], prefix: { ipv4: 32, ipv6: 128 } },
      keyinfo: new Map([['10.0.0.1', 'gateway']]),
    },
  )
  const gauge = { value: 1.5, min: 1, max: 2, average: 1.25 }
  const key = (last: number): ExposedKey => ({
    key: address(last),
    phase: 'promoted',
    sums: kinds.map((_, id) => BigInt(last * 10 + id)),
    gauges: kinds.map(() => gauge),
  })
  const scrape: GroupScrape = {
    group,
    cells: kinds.map((_, id) => ({ sum: id })),
    keys: [key(1), key(2)],
    other: kinds.map(() => 5n),
    total: kinds.map((_, id) => BigInt(35 + 2 * id)),
  }
  const { groups } = stand(group)
  return { group, groups: { ...groups, scrape: () => [scrape] } }
}

t.test('groups arrive as /metrics has them', async (t) => {
  const { group, groups } = looked()
  const watched = watchGroups(
    () => [groups],
    () => [group],
  )
  const { text } = await groupCollector(watched).collect({ openMetrics: false })
  const shown = [...parseScrape(text)]
  t.ok(shown.length > 20, `${shown.length} series`)
  t.match(text, 'otel_metric_overflow="true"')
  t.match(text, 'label="gateway"')

  await using receiver = await receiveHttp()
  await using _ = exporter(to(receiver), { further: () => measureGroups(watched) })
  const { points } = await receiver.next(0)
  const arrived = [...translated(points)].filter(
    ([name]) => /^pktspot_(group|tested)/.test(name) && !name.includes('_bucket{'),
  )
  const sorted = (all: [string, number][]) => all.sort(([a], [b]) => (a < b ? -1 : 1))
  t.strictSame(sorted(arrived), sorted(shown))
})
