// SPDX-License-Identifier: Apache-2.0
/* Time of a whole exposition beside prom-client's own registry, and how long the event loop is blocked meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Counter, Registry } from 'prom-client'
import { columns } from '../../src/commands/columns.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { type Statistic, statistic } from '../../src/statistics/statistic.ts'
import { ANOMALY, catalog, observed, report, sample, tail } from '../exporters/fixture.ts'
import { spread } from './support/spread.ts'

const ROUNDS = 15
const SIZES = [10_000, 100_000]
const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0'
const NODE_EXPORTER = 'http://127.0.0.1:19100/metrics'

/** A way to write an exposition. */
interface Contender {
  readonly name: string
  readonly series: number
  render(): Promise<string>
}

interface Measured {
  readonly contender: Contender
  readonly characters: number
  readonly milliseconds: number[]
  readonly blocked: number[]
}

/** Statistics of as many interfaces as give so many series. */
function ours(series: number): (accept: string | undefined) => Promise<string> {
  const statistics = Array.from({ length: 26 }, (_, index): Statistic => {
    const name = `STATISTIC_${index}`
    const tails = ['lower', 'upper'] as const
    return statistic({ name, help: name, unit: 'ratio', counters: [], tails, compute: () => 0 })
  })
  const samples = statistics.map((each, index) =>
    sample(each, index / 7, { ...ANOMALY, upper: index / 3, opens: index === 0 }, [
      tail('lower', { excessThreshold: index / 11 }),
      tail('upper', { excessThreshold: index / 13, anomalies: index }),
    ]),
  )
  const eachInterface = statistics.length * 24 + [...catalog].length + 12
  const names = Array.from({ length: Math.ceil(series / eachInterface) }, (_, at) => `eth${at}`)
  const sources = names.map((name) => observed(name))
  const options = { sources, statistics, base: 1, periods: [1], version: '1' }
  const exporter = createPrometheusExporter(options)
  for (const name of names) exporter.publish(report(name, { samples }))
  return async (accept) => (await exporter.render(accept)).body
}

/** As many series of counters with three labels. */
function promClient(series: number): () => Promise<string> {
  const registry = new Registry()
  const labelNames = ['interface', 'statistic', 'window'] as const
  const counters = Array.from({ length: 20 }, (_, index) => {
    const name = `pktspot_statistic_${index}_total`
    return new Counter({ name, help: name, labelNames, registers: [registry] })
  })
  for (let at = 0; at < series / counters.length; at++) {
    const labels = { interface: `eth${at % 16}`, statistic: `STATISTIC_${at}`, window: '1' }
    for (const [index, counter] of counters.entries()) counter.inc(labels, at / 7 + index)
  }
  return () => registry.metrics()
}

/** Longest stretch in milliseconds in which no timer and no I/O got its turn while `work` ran. */
async function watched<T>(work: () => Promise<T>): Promise<{ result: T; longest: number }> {
  let [longest, going, last] = [0, true, performance.now()]
  const tick = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (going) setImmediate(tick)
  }
  setImmediate(tick)
  const result = await work()
  longest = Math.max(longest, performance.now() - last)
  going = false
  return { result, longest }
}

async function measure(contenders: readonly Contender[]): Promise<Measured[]> {
  const all = contenders.map((contender) => ({
    contender,
    characters: 0,
    milliseconds: [] as number[],
    blocked: [] as number[],
  }))
  for (let round = -3; round < ROUNDS; round++) {
    for (const each of all) {
      const begin = performance.now()
      each.characters = (await each.contender.render()).length
      const taken = performance.now() - begin
      const { longest } = await watched(each.contender.render)
      if (round < 0) continue
      each.milliseconds.push(taken)
      each.blocked.push(longest)
    }
  }
  return all
}

function print(measured: readonly Measured[]): void {
  const base = spread(measured.at(-1)?.milliseconds ?? []).median
  const rows = measured.map(({ contender, characters, milliseconds, blocked }) => {
    const { minimum, median } = spread(milliseconds)
    return [
      contender.name,
      `${contender.series}`,
      `${(characters / 1e6).toFixed(2)} MB`,
      `${minimum.toFixed(1)} / ${median.toFixed(1)} ms`,
      `${spread(blocked).median.toFixed(1)} ms`,
      (base / median).toFixed(1),
    ]
  })
  const header = [
    '',
    'series',
    'size',
    'minimum / median',
    'loop blocked',
    'times as fast as the last',
  ]
  console.log(columns(header, rows))
}

function linesOf(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
}

/** node_exporter on the loopback, where it is installed; its answer comes over HTTP. */
async function nodeExporter(): Promise<{ child: ChildProcess; contender: Contender } | undefined> {
  const flag = '--web.listen-address=127.0.0.1:19100'
  const child = spawn('prometheus-node-exporter', [flag], { stdio: 'ignore' })
  const failed = await new Promise((resolve) => {
    child.once('error', () => resolve(true))
    child.once('spawn', () => resolve(false))
  })
  if (failed) return undefined
  process.once('exit', () => child.kill())
  const render = async () => (await fetch(NODE_EXPORTER)).text()
  for (let tries = 50; tries > 0; tries--) {
    const text = await render().catch(() => undefined)
    if (text !== undefined) {
      return { child, contender: { name: 'node_exporter by HTTP', series: linesOf(text), render } }
    }
    await sleep(100)
  }
  child.kill()
  return undefined
}

async function main(): Promise<void> {
  console.log(`${ROUNDS} rounds, in turn; blocked: the longest stretch without a turn for others`)
  for (const size of SIZES) {
    const render = ours(size)
    const series = linesOf(await render(undefined))
    print(
      await measure([
        { name: 'pktspot, text', series, render: () => render(undefined) },
        { name: 'pktspot, OpenMetrics', series, render: () => render(OPEN_METRICS) },
        { name: 'prom-client', series: size, render: promClient(size) },
      ]),
    )
  }
  const node = await nodeExporter()
  if (!node) return console.log('left out: prometheus-node-exporter is not installed')
  const render = ours(node.contender.series)
  const series = linesOf(await render(undefined))
  print(
    await measure([
      { name: 'pktspot, text', series, render: () => render(undefined) },
      { ...node.contender },
    ]),
  )
  node.child.kill()
}

await main()
