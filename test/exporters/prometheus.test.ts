// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { register } from 'prom-client'
import t from 'tap'
import { Catalog } from '../../src/counters/catalog.ts'
import { windowBetween } from '../../src/counters/window.ts'
import {
  createPrometheusExporter,
  type PrometheusExporter,
  type PrometheusOptions,
} from '../../src/exporters/prometheus/exporter.ts'
import { exporterContract } from '../contracts/exporter.ts'
import {
  ANOMALY,
  BUSY,
  catalog,
  HUGE,
  observed,
  R_SYN,
  reading,
  report,
  START,
  sample,
  statistics,
  tail,
  ZERO,
} from './fixture.ts'

const GOLDEN = join(packageRoot(), 'test/exporters/metrics.golden.txt')

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

function open(more: Partial<PrometheusOptions> = {}) {
  const sources = [observed('eth0'), observed('eth1', { mode: undefined, up: false })]
  const options = { sources, statistics, base: 1, periods: [1], version: '1.2.3' }
  const memory = () => ({ written: START, success: true, restored: 5 })
  return createPrometheusExporter({
    ...options,
    memory,
    expectedFalseAlarmsPerDay: () => 1,
    ...more,
  })
}

async function scraped(exporter: PrometheusExporter): Promise<string> {
  return (await exporter.render(undefined)).body
}

/** Series of an exposition: name and labels to the value's text. */
function series(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      line.slice(line.lastIndexOf(' ') + 1),
    ]),
  )
}

/** Leaves our own families, without what differs from run to run. */
function ours(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(# \w+ )?pktspot_/.test(line))
    .map((line) => line.replace(/^(pktspot_collector_duration_seconds.*) .*$/, '$1 0'))
    .join('\n')
    .concat('\n')
}

t.test('keeps the contract of exporters', (t) => exporterContract(t, open))

t.test('writes the golden scrape', async (t) => {
  await using exporter = open()
  exporter.publish(report('eth0'))
  const text = ours(await scraped(exporter))
  if (process.env['PKTSPOT_UPDATE_GOLDEN']) writeFileSync(GOLDEN, text)
  t.equal(text, readFileSync(GOLDEN, 'utf8'))
})

const promtool = spawnSync('promtool', ['--version']).status === 0
t.test('is clean by promtool', { skip: !promtool && 'promtool is not on PATH' }, async (t) => {
  await using exporter = open({ sources: [observed('eth0'), observed('a "b" \\ c')] })
  for (const moment of ['before the first window', 'after it']) {
    const input = await scraped(exporter)
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input })
    t.equal(`${stdout}${stderr}`, '', moment)
    t.equal(status, 0, moment)
    exporter.publish(report('eth0'))
  }
})

t.test('writes each family once and unbroken, whatever the sources offer', async (t) => {
  const [first, ...rest] = [...catalog]
  const other = new Catalog([...rest.reverse(), ...(first ? [first] : [])])
  const sources = [observed('eth0'), observed('eth1', { catalog: other }), observed('eth2')]
  await using exporter = open({ sources })
  const families = (await scraped(exporter))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# HELP'))
    .map((line) => line.replace('# TYPE ', '').replace(/[{ ].*/, ''))
    .map((name) => name.replace(/(_size_bytes|_duration_seconds)_(bucket|sum|count)$/, '$1'))
  const runs = families.filter((name, index) => name !== families[index - 1])
  t.same(runs, [...new Set(runs)])
  t.equal(families.filter((name) => name === 'pktspot_receive_packets_total').length, 4)
})

t.test('shows live totals without waiting for a window, exactly', async (t) => {
  let now = BUSY
  await using exporter = open({ sources: [observed('eth0', { look: () => now })] })
  const bytes = 'pktspot_receive_bytes_total{interface="eth0"}'
  t.equal(series(await scraped(exporter)).get(bytes), '9007199254740993')
  now = reading({ slots: [13n, HUGE + 2n, 3n, 5n, 6n, 1n] })
  t.equal(series(await scraped(exporter)).get(bytes), '9007199254740995')
})

t.test('writes a cumulative histogram', async (t) => {
  await using exporter = open()
  const all = series(await scraped(exporter))
  const bucket = (le: string) =>
    all.get(`pktspot_receive_packet_size_bytes_bucket{interface="eth0",le="${le}"}`)
  t.same(['64', '1518', '+Inf'].map(bucket), ['5', '11', '12'])
  t.equal(all.get('pktspot_receive_packet_size_bytes_count{interface="eth0"}'), '12')
  t.equal(all.get('pktspot_receive_packet_size_bytes_sum{interface="eth0"}'), String(HUGE))
})

t.test('knows no time before the first packet', async (t) => {
  const clock = 'pktspot_receive_source_time_seconds{interface="eth0"}'
  await using idle = open({ sources: [observed('eth0', { look: () => ZERO })] })
  t.equal(series(await scraped(idle)).get(clock), 'NaN')
  await using busy = open()
  t.equal(series(await scraped(busy)).get(clock), '1700000000.123456789')
})

t.test('shows what was distinct in the last full window', async (t) => {
  await using exporter = open()
  const name = 'pktspot_receive_unique_source_addresses{interface="eth0"}'
  t.equal(series(await scraped(exporter)).get(name), 'NaN')
  exporter.publish(report('eth0'))
  t.equal(series(await scraped(exporter)).get(name), '7.2')
  const after = reading({ distinct: 1 })
  const cut = windowBetween(catalog, ZERO, after, { start: START, seconds: 0.2 })
  exporter.publish(report('eth0', { window: cut }))
  t.equal(series(await scraped(exporter)).get(name), '7.2')
})

t.test('shows the thresholds that the value was judged against', async (t) => {
  await using exporter = open()
  exporter.publish(report('eth0'))
  const all = series(await scraped(exporter))
  const labels = '{interface="eth0",statistic="R_SYN",window="1"}'
  t.equal(all.get(`pktspot_statistic_upper_threshold${labels}`), '0.875')
  t.equal(all.get(`pktspot_statistic_value${labels}`), '0.9')
  t.ok(0.9 > ANOMALY.upper)
})

t.test('has every series from the start and the same ones later', async (t) => {
  await using exporter = open({ sources: [observed('eth0')] })
  const before = [...series(ours(await scraped(exporter))).keys()]
  exporter.publish(report('eth0'))
  t.same([...series(ours(await scraped(exporter))).keys()], before)
})

t.test(
  'keeps the totals of an interface that is gone, and says nothing of its windows',
  async (t) => {
    const source = { ...observed('eth0'), up: true }
    await using exporter = open({ sources: [source] })
    exporter.publish(report('eth0'))
    source.up = false
    const all = series(await scraped(exporter))
    const labels = '{interface="eth0",statistic="R_SYN",window="1"}'
    t.equal(all.get(`pktspot_statistic_value${labels}`), 'NaN')
    t.equal(all.get(`pktspot_statistic_upper_threshold${labels}`), 'NaN')
    t.equal(all.get('pktspot_receive_unique_source_addresses{interface="eth0"}'), 'NaN')
    t.equal(all.get(`pktspot_statistic_windows_total${labels}`), '1000')
    t.equal(all.get('pktspot_receive_packets_total{interface="eth0"}'), '12')
  },
)

t.test('follows tails that settings added', async (t) => {
  await using exporter = open()
  exporter.publish(
    report('eth0', {
      samples: [sample(R_SYN, 0.1, { ...ANOMALY, tail: 'lower' }, [tail('lower'), tail('upper')])],
    }),
  )
  const labels = 'interface="eth0",statistic="R_SYN",window="1",tail="lower"'
  t.equal(series(await scraped(exporter)).get(`pktspot_statistic_events_total{${labels}}`), '2')
})

t.test('leaves out a source that cannot be read, and says so', async (t) => {
  const look = () => {
    throw new Error('gone')
  }
  await using exporter = open({ sources: [observed('eth0', { look }), observed('eth1')] })
  const all = series(await scraped(exporter))
  t.notOk(all.has('pktspot_receive_packets_total{interface="eth0"}'))
  t.equal(all.get('pktspot_receive_packets_total{interface="eth1"}'), '12')
  t.equal(all.get('pktspot_collector_success{collector="packets"}'), '0')
  t.equal(all.get('pktspot_collector_success{collector="statistics"}'), '1')
})

t.test('goes on when a group of metrics fails as a whole', async (t) => {
  const expectedFalseAlarmsPerDay = () => {
    throw new Error('unknown')
  }
  await using exporter = open({ expectedFalseAlarmsPerDay })
  const all = series(await scraped(exporter))
  t.equal(all.get('pktspot_collector_success{collector="program"}'), '0')
  t.equal(all.get('pktspot_receive_packets_total{interface="eth0"}'), '12')
})

t.test('adds the metrics of the process from a registry of its own', async (t) => {
  await using exporter = open()
  await using second = open({ version: '4.5.6' })
  const names = [...series(await scraped(exporter)).keys()]
  t.ok(names.includes('process_cpu_seconds_total'))
  t.ok(names.includes('pktspot_build_info{version="1.2.3"}'))
  t.notOk(names.some((name) => /^nodejs_active_.*_total/.test(name)))
  t.match(await scraped(second), 'pktspot_build_info{version="4.5.6"} 1')
  t.same(register.getMetricsAsArray(), [])
})
