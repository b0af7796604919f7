// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { OTLP_BLOCKS } from '../../src/exporters/otlp/standing.ts'
import { metricsTable } from '../../src/exporters/prometheus/document.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { RELOAD_BLOCKS } from '../../src/exporters/reload-families.ts'
import { SKIPPED_BLOCKS } from '../../src/exporters/skipped-families.ts'
import { told } from '../../src/exporters/told.ts'
import { catalog, observed, report, statistics } from './fixture.ts'

t.test('lists exactly our families that a scrape has, with their types and labels', async (t) => {
  const sheds = { filters: 0, groups: 0, interface: 0 }
  const sources = [observed('eth0', { cost: { seconds: 0, shed: 0, sheds } })]
  const pushing = { exports: 0, failures: 0, skipped: 0, lastSuccess: undefined }
  const reloading = { successful: true, lastSuccess: new Date() }
  const self = [
    told(OTLP_BLOCKS, () => pushing),
    told(RELOAD_BLOCKS, () => reloading),
    told(SKIPPED_BLOCKS, () => ({ skipped: 0 })),
  ]
  const numbers = { receivedDropped: 0n, sentDropped: 0n, receivedErrors: 0n, sentErrors: 0n }
  const interfaces = new Map([['eth0', { ...numbers, missed: 0n, unhandled: 0n }]])
  const host = { up: true, reasons: new Map([['XDP', 1n]]), softnet: { dropped: 0, squeezed: 0 } }
  const drops = { host: () => host, interfaces: () => interfaces }
  const options = { sources, statistics, drops, base: 1, periods: [1], version: '1', self }
  await using exporter = createPrometheusExporter(options)
  exporter.publish(report('eth0'))
  const { body } = await exporter.render(undefined)
  const scraped = body
    .split('\n')
    .filter((line) => line.startsWith('# TYPE pktspot_'))
    .map((line) => line.slice('# TYPE '.length))
  const rows = metricsTable(catalog).split('\n').slice(2, -1)
  /* a scrape has these only where there are plugins, groups, or transmitted frames are counted */
  const optional = /^\| `pktspot_(?:plugin|group|transmit(?!_interface))_/
  t.ok(rows.some((row) => optional.test(row)))
  const listed = rows
    .filter((row) => !optional.test(row))
    .map((row) => row.replace(/^\| `(\w+)` \| (\w+) .*/, '$1 $2'))
  t.same(listed.toSorted(), scraped.toSorted())
})

t.test('names labels and keeps a bar from breaking the table', async (t) => {
  const table = metricsTable(catalog)
  t.match(table, '| `pktspot_source_info` | gauge | `interface`, `mode` | How packets')
  t.match(table, '`interface`, `statistic`, `window`, `tail` | Windows judged anomalous |')
})
