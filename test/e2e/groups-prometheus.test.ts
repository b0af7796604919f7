// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Prometheus, type Stored, startPrometheus } from '../support/prometheus.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)

/** Seconds of traffic; more than a minute shows more keys that come back. */
const SECONDS = Number(process.env['PKTSPOT_TEST_SECONDS'] ?? 25)
const MODES = ['tcx', 'xdp-generic', 'packet-socket'] as const
const HOLD = 4
const JOBS = [
  { name: 'often', interval: '1s' },
  { name: 'seldom', interval: '2500ms' },
]

/** Each source is among the first six for six seconds, every twenty. */
const TRAFFIC = { rate: 2000, keys: 20, exponent: 0.9, churnSeconds: 1 }

const METERS = [
  [0, 'RATE_COUNTER', 6, 0, 'Bytes', 'bytes', 'B'],
  [1, 'COUNTER', 6, 0, 'Packets', 'packets', 'Pkts'],
]

function churning(name: string, number: number, bucketsize: number, fields: readonly string[]) {
  return {
    control: {
      guid: `{5A1E7B60-1111-4222-8333-12345678900${number}}`,
      name,
      description: 'Keys that come and go',
      bucketsize,
    },
    key: { fields },
    meters: METERS,
    limits: { tracked: 4096, max_series: 12, hold: `${HOLD}s`, linger: 1 },
  }
}

const GROUPS = [
  churning('by_source', 1, 2, ['ip.src']),
  churning('by_flow', 2, 3, ['ip.src', 'ip.dst', 'ip.proto', 'l4.dst_port']),
]
const METRICS = GROUPS.flatMap(({ control: { name } }) => [
  `pktspot_${name}_bytes`,
  `pktspot_${name}_packets`,
])

/** How far the samples of all series rose together, and how often one fell. */
function risen(all: readonly Stored[], began: number) {
  let [sum, resets, late] = [0, 0, 0]
  for (const { values } of all) {
    const [first] = values
    if (!first) continue
    /* a series that was not there at the first scrape rose from nothing */
    let before = first[0] <= began ? first[1] : 0
    if (first[0] > began && first[1] > 0) late++
    for (const [, value] of values) {
      if (value < before) resets++
      sum += value < before ? value : value - before
      before = value
    }
  }
  return { sum, resets, late }
}

/** What a scraper stored of a metric. */
async function stored(prometheus: Prometheus, metric: string, only: string) {
  const [[all], series] = await Promise.all([
    prometheus.samples(`${metric}_all_total{${only}}[1h]`),
    prometheus.samples(`${metric}_total{${only}}[1h]`),
  ])
  const times = all?.values.map(([time]) => time) ?? []
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  const total = all ? risen([all], times[0] ?? 0) : { sum: Number.NaN, resets: 0 }
  const sum = risen(series, times[0] ?? 0)
  return { total, sum, series: series.length, scrapes: times.length, gap: Math.max(...gaps) }
}

t.test(
  'in Prometheus the series of keys that come and go add up to the total',
  { skip, timeout: (SECONDS + 120) * 1000 },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'pktspot-groups-'))
    t.teardown(() => rm(folder, { recursive: true }))
    const file = join(folder, 'pktspot.yml')
    /* JSON is YAML */
    await writeFile(file, JSON.stringify({ counter_groups: GROUPS }))
    const runs = await Promise.all(
      MODES.map(async (mode) => {
        const link = await network(t)
        const running = await startRun(t, ['-i', link.here, '--source', mode, '-c', file])
        return { mode, link, running }
      }),
    )
    const targets = runs.map(({ running }) => running.address)
    const prometheus = await startPrometheus(
      t,
      JOBS.map((job) => ({ ...job, targets })),
    )
    const sent = await Promise.all(
      runs.map(({ link }) => send?.(link, { ...TRAFFIC, seconds: SECONDS })),
    )
    await sleep(3500)

    for (const [at, { mode, link, running }] of runs.entries()) {
      const scrape = await running.scrape()
      for (const { control } of GROUPS) {
        const of = (what: string) =>
          sample(scrape, `pktspot_group_${what}`, { group: control.name, interface: link.here }) ??
          0
        const told = ['promotions_total', 'demotions_total', 'new_keys_total'].map(of)
        const [promotions = 0, demotions = 0, keys = 0] = told
        t.comment(`${mode} ${control.name}: ${promotions} promotions, ${demotions} demotions`)
        t.ok(promotions > SECONDS / 3, `${mode} ${control.name}: keys come`)
        t.ok(demotions > SECONDS / 4, `${mode} ${control.name}: keys go`)
        if (SECONDS > 60) t.ok(promotions > keys, `${mode} ${control.name}: keys come back`)
      }
      for (const { name } of JOBS) {
        for (const metric of METRICS) {
          const only = `job="${name}",interface="${link.here}"`
          const { total, sum, series, scrapes, gap } = await stored(prometheus, metric, only)
          const what = `${mode}, scraped ${name}, ${metric}`
          t.ok(gap < HOLD, `${what}: scraped in time, at most ${gap} s apart`)
          const unit = metric.endsWith('bytes') ? 'bytes' : 'packets'
          t.equal(total.sum, sent[at]?.[unit], `${what}: the total is what was sent`)
          t.equal(sum.sum, total.sum, `${what}: the series are the total`)
          t.same([sum.resets, total.resets, sum.late], [0, 0, 0], `${what}: none falls or is late`)
          const range = `[${SECONDS + 2}s]`
          const ratio = await prometheus.value(
            `sum(increase(${metric}_total{${only}}${range})) / sum(increase(${metric}_all_total{${only}}${range}))`,
          )
          t.ok(Math.abs(ratio - 1) < 0.05, `${what}: increase() says ${ratio}`)
          t.comment(
            `${what}: ${series} series, ${scrapes} scrapes, raw ${(sum.sum / total.sum).toFixed(5)}, increase() ${ratio.toFixed(5)}`,
          )
        }
      }
    }
  },
)
