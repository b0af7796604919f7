// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { metricsTable } from '../../src/exporters/prometheus/document.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { catalog, observed, report, statistics } from './fixture.ts'

t.test('lists exactly our families that a scrape has, with their types and labels', async (t) => {
  const sources = [observed('eth0')]
  const options = { sources, statistics, base: 1, periods: [1], version: '1' }
  await using exporter = createPrometheusExporter(options)
  exporter.publish(report('eth0'))
  const scraped = (await exporter.render())
    .split('\n')
    .filter((line) => line.startsWith('# TYPE pktspot_'))
    .map((line) => line.slice('# TYPE '.length))
  const rows = metricsTable(catalog).split('\n').slice(2, -1)
  const listed = rows.map((row) => row.replace(/^\| `(\w+)` \| (\w+) .*/, '$1 $2'))
  t.same(listed.toSorted(), scraped.toSorted())
})

t.test('names labels and keeps a bar from breaking the table', async (t) => {
  const table = metricsTable(catalog)
  t.match(table, '| `pktspot_source_info` | gauge | `interface`, `mode` | How packets')
  t.match(table, '`interface`, `statistic`, `window`, `tail` | Windows judged anomalous |')
})
