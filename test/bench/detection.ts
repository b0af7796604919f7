// SPDX-License-Identifier: Apache-2.0
/* What is found in labelled captures and series, and what is raised where nothing is. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { columns } from '../../src/commands/columns.ts'
import { defaultLevel } from '../../src/spot/options.ts'
import { createDetector } from '../../src/spot/spot.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'
import { readLabelled, replayed, seenBy } from './support/labelled.ts'
import { type Alarms, readSeries, type Series, standardScore, zScore } from './support/nab.ts'

/** Windows after its beginning within which an attack must be seen. */
const WITHIN = 2

const LENGTHS = [
  { seconds: 1, nInit: 1000 },
  { seconds: 10, nInit: 200 },
] as const

async function labelled(folder: string): Promise<void> {
  const rows: string[][] = []
  for (const { seconds } of LENGTHS) {
    let [found, sought, falseEvents] = [0, 0, 0]
    for (const { name, path, attacks } of readLabelled(folder)) {
      const windows = await replayed(path, seconds)
      if (attacks.length === 0) {
        const alarms = windows.filter(({ kind }) => kind === 'alarm')
        falseEvents += alarms.length
        const raised = new Map<string, number>()
        for (const { statistic } of alarms) raised.set(statistic, (raised.get(statistic) ?? 0) + 1)
        const listed = [...raised].map(([statistic, count]) => `${statistic} ${count}`)
        rows.push([`${seconds} s`, name, 'nothing', `${alarms.length} events`, listed.join(', ')])
      }
      for (const attack of attacks) {
        const seen = [...seenBy(windows, attack, seconds)].filter(([, after]) => after < WITHIN)
        sought++
        if (seen.length > 0) found++
        const listed = seen.map(([statistic, after]) => `${statistic}${after ? ` +${after}` : ''}`)
        const verdict = seen.length > 0 ? 'found' : 'MISSED'
        rows.push([`${seconds} s`, name, attack.attack.slice(0, 32), verdict, listed.join(', ')])
      }
    }
    const total = `${found} of ${sought} found, ${falseEvents} false events on the controls`
    rows.push([`${seconds} s`, 'all', total, '', ''])
  }
  console.log(`Labelled captures, the shipped settings; +1: a window later\n`)
  console.log(columns(['windows', 'capture', 'attack', '', 'seen by'], rows))
}

/** False alarms that the probabilities in force imply, learning included. */
async function implied(): Promise<void> {
  const statistics = await loadBuiltinStatistics()
  const tails = statistics.reduce((sum, each) => sum + each.tails.length, 0)
  const rows = LENGTHS.map(({ seconds, nInit }) => {
    const aDay = 86_400 / seconds
    const target = 1 / (tails * LENGTHS.length * aDay)
    const expected = (days: number): number => {
      let sum = 0
      for (let n = nInit; n < days * aDay; n++) sum += tails * Math.max(target, 0.1 / n)
      return sum
    }
    const cells = [1 / 24, 1, 30].map((days) => {
      const count = expected(days)
      return `${count.toFixed(1)} (${(count / days).toFixed(1)} a day)`
    })
    return [`${seconds} s`, ...cells]
  })
  console.log(`False alarms that the defaults imply, one interface, ${tails} tails a length\n`)
  console.log(columns(['windows', 'first hour', 'first day', 'first 30 days'], rows))
}

const HOLD_OFF = 50

interface Setting {
  readonly q: number
  readonly depth: number
  readonly maxEvent: number
}

const GRID = {
  q: [2e-3, 1e-3, 5e-4, 2e-4, 1e-4],
  depth: [0, 30, 50, 100, 200],
  maxEvent: [50, 100, 300, 1000],
} as const

const SETTINGS: readonly Setting[] = GRID.q.flatMap((q) =>
  GRID.depth.flatMap((depth) => GRID.maxEvent.map((maxEvent) => ({ q, depth, maxEvent }))),
)

/** Whether two settings are at most a step of the grid apart in each part. */
function near(one: Setting, other: Setting): boolean {
  const steps = (values: readonly number[], a: number, b: number): number =>
    Math.abs(values.indexOf(a) - values.indexOf(b))
  return (
    steps(GRID.q, one.q, other.q) <= 1 &&
    steps(GRID.depth, one.depth, other.depth) <= 1 &&
    steps(GRID.maxEvent, one.maxEvent, other.maxEvent) <= 1
  )
}

/** Chooses the setting that scores best on some series together with its neighbours in the grid. */
function chosen(series: readonly Series[]): Setting | undefined {
  const scored = SETTINGS.map((setting) => ({
    setting,
    score: standardScore(series, ours(setting)),
  }))
  const around = (setting: Setting): number => {
    const scores = scored.filter((other) => near(setting, other.setting)).map(({ score }) => score)
    return scores.reduce((sum, score) => sum + score, 0) / scores.length
  }
  const [best] = scored.sort((a, b) => around(b.setting) - around(a.setting))
  return best?.setting
}

function ours(setting: Setting): Alarms {
  return ({ values, probation }) => {
    const detector = createDetector({
      ...setting,
      tails: ['lower', 'upper'],
      level: defaultLevel(probation),
      nInit: probation,
      maxExcess: 200,
      holdOff: HOLD_OFF,
    })
    return values.flatMap((value, i) => (detector.judge(value).opens ? [i] : []))
  }
}

function nab(folder: string): void {
  const all = readSeries(folder)
  const chosenOn = all.filter((_, i) => i % 2 === 0)
  const judgedOn = all.filter((_, i) => i % 2 === 1)
  const setting = chosen(chosenOn)
  if (!setting) return
  const row = (name: string, alarms: Alarms): string[] => [
    name,
    ...[chosenOn, judgedOn, all].map((part: readonly Series[]) =>
      standardScore(part, alarms).toFixed(1),
    ),
  ]
  const { q, depth, maxEvent } = setting
  console.log(
    `NAB standard score, ${all.length} series; of ${SETTINGS.length} settings the one that with its neighbours is best on every other series: --q ${q} --depth ${depth} --max-event ${maxEvent}, n_init the probation, hold-off ${HOLD_OFF}\n`,
  )
  const rows = [
    row('pktspot', ours(setting)),
    row('z-score (1000, k = 6), same hold-off', zScore(1000, 6, HOLD_OFF)),
  ]
  console.log(columns(['', 'chosen on', 'the others', 'all'], rows))
}

const captures = process.env['PKTSPOT_LABELLED'] ?? ''
const vectors = process.env['PKTSPOT_VECTORS'] ?? ''
if (existsSync(captures)) await labelled(captures)
else console.log('left out: PKTSPOT_LABELLED names no folder of labelled captures')
await implied()
if (existsSync(join(vectors, 'nab'))) nab(join(vectors, 'nab'))
else console.log('left out: PKTSPOT_VECTORS names no folder with nab/ in it')
