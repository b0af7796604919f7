// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { groupCollector } from '../../src/exporters/prometheus/group-collector.ts'
import { made } from '../groups/own.ts'
import * as p from '../support/packets.ts'
import { parseScrape } from '../support/scrape.ts'
import { frameGroups, watchedOf } from './counted-groups.ts'

const TEXT = { openMetrics: false, created: undefined }
const [SOURCES, FORGED, SECONDS] = [10, 50_000, 6]

/** Where an Ethernet frame has its IPv4 source. */
const SOURCE_AT = 26

t.test('a flood of spoofed sources changes neither series nor memory', async (t) => {
  const limits = { tracked: 1024, max_series: 40, hold: 1, linger: 1 }
  const group = { ...made({ fields: ['ip.src'] }, { limits }), bucketSeconds: 2 }
  const { groups, count, pass } = frameGroups(t, [group])
  const collector = groupCollector(await watchedOf([groups], [group]))
  const frame = (source: string) =>
    p.ethernet(p.TYPE.ipv4, p.ipv4(6, p.tcp(1, 2, p.FLAG.syn), { source }))
  const steady = Array.from({ length: SOURCES }, (_, at) => frame(`10.0.0.${at + 1}`))
  const send = (): void => {
    for (let copy = 0; copy < 100; copy++) count(...steady)
  }
  const look = async () => {
    const { text } = await collector.collect(TEXT)
    const values = parseScrape(text)
    const bytes = values.get('pktspot_group_table_bytes{interface="eth0",group="Mine"}')
    return { series: [...values.keys()], bytes, values }
  }
  pass(6, send)
  const before = await look()
  t.equal(before.series.filter((name) => name.startsWith('pktspot_mine_packets_total')).length, 11)

  const forged = frame('0.0.0.0')
  const view = new DataView(forged.buffer, forged.byteOffset)
  let number = 0
  for (let second = 0; second < SECONDS; second++) {
    pass(1, () => {
      send()
      for (let each = 0; each < FORGED; each++) {
        view.setUint32(SOURCE_AT, 0x40000000 + (Math.imul(++number, 0x9e3779b1) & 0x3fffffff))
        count(forged)
      }
    })
    const { series, bytes } = await look()
    t.same(series, before.series, `second ${second}: series`)
    t.equal(bytes, before.bytes, `second ${second}: memory`)
  }
  const { values } = await look()
  const sent = SECONDS * FORGED + (6 + SECONDS) * 100 * SOURCES
  t.equal(values.get('pktspot_mine_packets_all_total{interface="eth0"}'), sent)
  const other = 'pktspot_mine_packets_total{interface="eth0",otel_metric_overflow="true"}'
  const rise = (values.get(other) ?? 0) - (before.values.get(other) ?? 0)
  t.equal(rise, SECONDS * FORGED, 'other has the flood and nothing else')
})
