// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeBlocks } from '../../src/commands/backtest/blocks.ts'
import { startPrometheus } from '../../src/commands/backtest/prometheus.ts'
import { openMetricsFaults } from '../support/open-metrics.ts'
import { pcap } from '../support/pcap.ts'
import { lines, pktspot } from '../support/replay.ts'
import { frame } from '../support/timeline.ts'

const START = 1_700_000_000
const FRAMES = [0, 0.5, 1.2, 3.1].map((seconds, index) => frame(seconds, index))
const FOLDER = process.env['PKTSPOT_LABELLED'] ?? ''
const S1 = join(FOLDER, 'S1_synflood.pcap.gz')

const tools = ['promtool', 'prometheus'].filter(
  (tool) => spawnSync(tool, ['--version']).status !== 0,
)
const missing = tools.length > 0 && `${tools.join(' and ')} is not on PATH`

t.test('several files become one text, and a bad one does not spoil it', async (t) => {
  const folder = t.testdir({ 'a.pcap': Buffer.from(pcap(FRAMES)), 'bad.pcap': 'no capture' })
  const [a, bad] = ['a.pcap', 'bad.pcap'].map((name) => join(folder, name))
  const args = [
    'replay',
    '--format',
    'openmetrics',
    '--stats',
    'SYN_ONLY_RATE',
    `${a}`,
    `${bad}`,
    '-',
  ]
  const { code, stdout, stderr } = await pktspot(args, { input: pcap(FRAMES.slice(2)) })
  t.equal(code, 1)
  t.match(stderr, /^pktspot: .*bad\.pcap/)
  t.same(openMetricsFaults(stdout), [])
  const packets = [...stdout.matchAll(/^pktspot_receive_packets_total\{interface="(.*)"\} (.*)$/gm)]
  t.same(
    packets.map(([, source, value]) => [source, value]),
    [
      ...[0, 2, 3, 3, 4].map((value, index) => [a, `${value} ${START + index}`]),
      ...[0, 1, 1, 2].map((value, index) => ['stdin', `${value} ${START + 1 + index}`]),
    ],
  )
  t.match(stdout, `pktspot_source_info{interface="stdin",mode="pcap-file"} 1 ${START + 2}\n`)
  t.match(stdout, `${a}",statistic="SYN_ONLY_RATE",window="10"} 1 ${START + 10}\n`)
})

interface Row {
  readonly kind: string
  readonly time: string
  readonly window: number
  readonly statistics: Readonly<Record<string, { verdict: string; tail: string | null }>>
}

const SIDES = [
  ['upper', 'pktspot_statistic_value > pktspot_statistic_upper_threshold'],
  ['lower', 'pktspot_statistic_value < pktspot_statistic_lower_threshold'],
] as const

const skip = missing || (!existsSync(S1) && 'PKTSPOT_LABELLED names no folder of labelled captures')
t.test('Prometheus finds the anomalies that the records tell of', { skip }, async (t) => {
  /* a rate at which both tails have anomalies */
  const folder = t.testdir({ 'settings.yml': 'spot: { q: 1e-3 }\n' })
  const stats = 'SYN_ONLY_RATE,PKTS_RATE,BYTES_RATE,AVG_PKT_SIZE,R_IP'
  const args = ['replay', '-c', join(folder, 'settings.yml'), '--stats', stats, S1]
  const [told, backfilled] = await Promise.all([
    pktspot(args),
    pktspot([...args, '--format', 'openmetrics']),
  ])
  t.same([told.code, backfilled.code], [0, 0])
  const path = join(folder, 'samples.txt')
  writeFileSync(path, backfilled.stdout)
  const surroundings = { env: process.env, signal: new AbortController().signal }
  await makeBlocks(folder, path, surroundings)
  await using prometheus = await startPrometheus(folder, { lookback: 10_000, ...surroundings })
  const rows = lines<Row>(told.stdout).filter(({ kind }) => kind === 'data')
  for (const [side, expr] of SIDES) {
    let anomalies = 0
    for (const window of [1, 10]) {
      const windows = rows.filter((row) => row.window === window)
      const end = ({ time }: Row): number => Date.parse(time) + window * 1000
      const expected = windows.flatMap((row) =>
        Object.entries(row.statistics)
          .filter(([, { verdict, tail }]) => verdict === 'anomaly' && tail === side)
          .map(([name]) => `${name} ${end(row)}`),
      )
      const ends = windows.map(end)
      const grid = { from: ends.at(0) ?? 0, to: ends.at(-1) ?? 0, step: window * 1000 }
      const series = await prometheus.range(expr, grid)
      const found = series
        .filter(({ labels }) => labels['window'] === `${window}`)
        .flatMap(({ labels, values }) =>
          [...values.keys()].map((time) => `${labels['statistic']} ${time}`),
        )
      t.same(found.sort(), expected.sort(), `${side}, ${window} s`)
      anomalies += expected.length
    }
    t.ok(anomalies > 2, `${side}: ${anomalies} anomalies`)
  }
})
