// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { knowingTransmit } from '../../src/counters/transmit.ts'
import { windowBetween } from '../../src/counters/window.ts'
import { measureLatest } from '../../src/exporters/otlp/families.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { rate } from '../../src/statistics/rate.ts'
import { BUSY, catalog, observed, R_SYN, reading } from './fixture.ts'

const known = knowingTransmit([...catalog])
const SENT = reading({ slots: [4n, 400n, 2n, 1n, 3n, 0n], distinct: 3, lost: 5n })
const SENT_RATE = rate({ name: 'SENT', help: 'Frames sent', counters: ['TRANSMIT_PKTS'] })
const both = observed('eth0', {
  catalog: known.whole(),
  transmit: 'packet-socket',
  look: () => ({ ...BUSY, transmit: SENT }),
})
const one = observed('eth1', { catalog: known })
const options = { statistics: [R_SYN, SENT_RATE], base: 1, periods: [1], version: '1' }

t.test('what is transmitted has the metrics of what is received, by its own name', async (t) => {
  await using exporter = createPrometheusExporter({ ...options, sources: [both, one] })
  const place = { start: new Date(0), seconds: 1 }
  const window = windowBetween(both.catalog, undefined, both.look(), place)
  exporter.publish({ source: 'eth0', window, samples: [] })
  const { body } = await exporter.render(undefined)
  const lines = body.split('\n').filter((line) => line.startsWith('pktspot_transmit_'))
  t.same(lines, [
    'pktspot_transmit_source_info{interface="eth0",mode="packet-socket"} 1',
    'pktspot_transmit_packets_total{interface="eth0"} 4',
    'pktspot_transmit_bytes_total{interface="eth0"} 400',
    'pktspot_transmit_syn_packets_total{interface="eth0"} 2',
    'pktspot_transmit_packet_size_bytes_bucket{interface="eth0",le="64"} 1',
    'pktspot_transmit_packet_size_bytes_bucket{interface="eth0",le="1518"} 4',
    'pktspot_transmit_packet_size_bytes_bucket{interface="eth0",le="+Inf"} 4',
    'pktspot_transmit_packet_size_bytes_sum{interface="eth0"} 400',
    'pktspot_transmit_packet_size_bytes_count{interface="eth0"} 4',
    'pktspot_transmit_unique_source_addresses{interface="eth0"} 3',
    'pktspot_transmit_source_lost_packets_total{interface="eth0"} 5',
  ])
  t.match(body, '# HELP pktspot_transmit_syn_packets_total TCP segments with SYN set, transmitted')
  const rates = body.split('\n').filter((line) => line.startsWith('pktspot_statistic_value{'))
  t.same(
    rates.map((line) => /interface="(\w+)",statistic="(\w+)"/.exec(line)?.slice(1)),
    [
      ['eth0', 'R_SYN'],
      ['eth0', 'SENT'],
      ['eth1', 'R_SYN'],
    ],
    'a statistic of it is there where it is counted',
  )
})

t.test('OpenTelemetry tells directions apart by an attribute', async (t) => {
  await using exporter = createPrometheusExporter({ ...options, sources: [both] })
  const all = measureLatest(exporter.latest)
  const values = ['system.network.packet.count', 'system.network.packet.dropped'].map((name) =>
    all
      .filter((each) => each.name === name)
      .flatMap(({ points }) => points)
      .map(({ attributes, value }) => [attributes['network.io.direction'], value]),
  )
  t.same(values, [
    [
      ['receive', 12n],
      ['transmit', 4n],
    ],
    [
      ['receive', 2n],
      ['transmit', 5n],
    ],
  ])
})
