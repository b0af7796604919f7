// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
  Summary,
} from 'prom-client'
import t from 'tap'
import {
  createPrometheusExporter,
  type PrometheusExporter,
  type PrometheusOptions,
} from '../../src/exporters/prometheus/exporter.ts'
import { registryCollector } from '../../src/exporters/prometheus/registry-collector.ts'
import { openMetricsFaults } from '../support/open-metrics.ts'
import { packageRoot } from '../support/root.ts'
import { observed, report, START, statistics } from './fixture.ts'

const GOLDEN = join(packageRoot, 'test/exporters/openmetrics.golden.txt')
const ACCEPT = 'application/openmetrics-text;version=1.0.0'

function open(more: Partial<PrometheusOptions> = {}) {
  const sources = [observed('eth0'), observed('eth1', { mode: undefined, up: false })]
  return createPrometheusExporter({
    sources,
    statistics,
    base: 1,
    periods: [1],
    version: '1.2.3',
    memory: () => ({ written: START, success: true, restored: 5 }),
    expectedFalseAlarmsPerDay: () => 1,
    ...more,
  })
}

async function scraped(exporter: PrometheusExporter): Promise<string> {
  const { type, body } = await exporter.render(ACCEPT)
  t.equal(type, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
  return body
}

t.test('writes the golden scrape', async (t) => {
  await using exporter = open()
  exporter.publish(report('eth0'))
  const text = (await scraped(exporter))
    .split('\n')
    .filter((line) => /^(# \w+ )?pktspot_|^# EOF/.test(line))
    .map((line) => line.replace(/^(pktspot_collector_duration_seconds.*) .*$/, '$1 0'))
    .join('\n')
    .concat('\n')
  if (process.env['PKTSPOT_UPDATE_GOLDEN']) writeFileSync(GOLDEN, text)
  t.equal(text, readFileSync(GOLDEN, 'utf8'))
})

t.test('is OpenMetrics, whatever interfaces are called', async (t) => {
  for (const created of [false, true]) {
    const sources = [observed('eth0'), observed('a "b" \\ c\nd {e}, #')]
    await using exporter = open({ sources, created })
    t.same(openMetricsFaults(await scraped(exporter)), [], 'before the first window')
    for (const { name } of sources) exporter.publish(report(name))
    t.same(openMetricsFaults(await scraped(exporter)), [], 'after it')
  }
})

t.test('has the series of the text format, in the same order every time', async (t) => {
  await using exporter = open()
  exporter.publish(report('eth0'))
  const series = (text: string): string[] =>
    text
      .split('\n')
      /* a collection of garbage in between has series of its own */
      .filter((line) => !/^(?:#|$|nodejs_gc_)/.test(line))
      .map((line) => line.replace(/ # .*/, '').replace(/ \S+$/, ''))
      .map((line) => line.replace(/(le|quantile)="(\d+)\.0"/, '$1="$2"'))
  const plain = series((await exporter.render(undefined)).body)
  t.same(series(await scraped(exporter)), plain)
  t.same(series(await scraped(exporter)), plain)
})

t.test('tells when counters began, if asked to', async (t) => {
  const before = Date.now() / 1000
  await using exporter = open({ created: true })
  const lines = (await scraped(exporter)).split('\n')
  const at = lines.findIndex((line) => /^pktspot_receive_packets_total\{.*eth1/.test(line))
  const [, began] =
    /^pktspot_receive_packets_created\{.*eth1.*\} (\S+)$/.exec(lines[at + 1] ?? '') ?? []
  t.ok(Number(began) >= before && Number(began) <= Date.now() / 1000, `began at ${began}`)
  t.ok(lines.some((line) => line.startsWith('pktspot_receive_packet_size_bytes_created{')))
  t.notMatch((await exporter.render(undefined)).body, '_created')
  await using silent = open()
  t.notMatch(await scraped(silent), '_created')
})

t.test('leads from anomalies to the last alarm of their tail', async (t) => {
  await using exporter = open()
  const exemplars = async () =>
    (await scraped(exporter)).split('\n').filter((line) => / # \{/.test(line))
  t.same(await exemplars(), [])
  exporter.publish(report('eth0'))
  const labels = 'interface="eth0",statistic="R_SYN",window="1",tail="upper"'
  const exemplar = '{alarm_id="49eb280ecf9e6e2e"} 0.9 1700000001'
  t.same(await exemplars(), [`pktspot_statistic_anomalies_total{${labels}} 4 # ${exemplar}`])
  const [first, ...rest] = report('eth0').samples
  if (!first?.judgement) throw new Error('the fixture has no judgement')
  const going = { ...first, value: 0.95, judgement: { ...first.judgement, opens: false } }
  exporter.publish(report('eth0', { samples: [going, ...rest] }))
  t.equal((await exemplars()).length, 1, 'while the event goes on')
  t.match((await exemplars())[0], exemplar)
  t.notMatch((await exporter.render(undefined)).body, 'alarm_id')
})

t.test('writes what others registered', async (t) => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [registry]
  const shared = { help: 'Says "so" \\ twice\nand again', registers }
  new Counter({ ...shared, name: 'a_total' }).inc(2)
  const labelled = { ...shared, name: 'b', labelNames: ['x'], enableExemplars: true }
  const counter = new Counter<string>(labelled)
  counter.inc({ labels: { x: '"\\\n' }, value: 3, exemplarLabels: { alarm_id: 'f00' } })
  new Gauge({ ...shared, name: 'c_seconds' }).set(Number.NEGATIVE_INFINITY)
  new Histogram({ ...shared, name: 'd_bytes', buckets: [0.5, 1, 2.5] }).observe(0.7)
  new Summary({ ...shared, name: 'e', percentiles: [0.5, 1] }).observe(4)
  const collector = registryCollector(registry)
  const { text } = await collector.collect({ openMetrics: true })
  t.same(openMetricsFaults(`${text}# EOF\n`), [])
  t.equal(
    text.replaceAll(/^# HELP.*\n/gm, '').replace(/(alarm_id="f00"\} 3) \S+/, '$1 0'),
    [
      '# TYPE a counter',
      'a_total 2',
      '# TYPE b counter',
      'b_total{x="\\"\\\\\\n"} 3 # {alarm_id="f00"} 3 0',
      '# TYPE c_seconds gauge',
      '# UNIT c_seconds seconds',
      'c_seconds -Inf',
      '# TYPE d_bytes histogram',
      '# UNIT d_bytes bytes',
      'd_bytes_bucket{le="0.5"} 0',
      'd_bytes_bucket{le="1.0"} 1',
      'd_bytes_bucket{le="2.5"} 1',
      'd_bytes_bucket{le="+Inf"} 1',
      'd_bytes_sum 0.7',
      'd_bytes_count 1',
      '# TYPE e summary',
      'e{quantile="0.5"} 4',
      'e{quantile="1.0"} 4',
      'e_sum 4',
      'e_count 1',
      '',
    ].join('\n'),
  )
  const help = text.split('\n').find((line) => line.startsWith('# HELP a '))
  t.equal(help, '# HELP a Says \\"so\\" \\\\ twice\\nand again')
  const { text: old } = await collector.collect({ openMetrics: false })
  t.match(
    old,
    '# HELP a_total Says "so" \\\\ twice\\nand again\n# TYPE a_total counter\na_total 2\n',
  )
  t.match(old, 'd_bytes_bucket{le="1"} 1\n')
})
