// SPDX-License-Identifier: Apache-2.0
import type { Sample } from '../monitor/sample.ts'
import type { Verdict } from '../spot/detector.ts'
import type { Statistic } from '../statistics/statistic.ts'
import type { Exporter, Report } from './exporter.ts'
import type { Write } from './ndjson.ts'

const TIME = 24
const LENGTH = 6
const COUNT = 12
const VALUE = 12

/** What stands behind a value: nothing is normal. */
const MARKS: Readonly<Record<Verdict, string>> = {
  learning: '~',
  degenerate: '=',
  normal: ' ',
  excess: '+',
  anomaly: '!',
}

const LEGEND = 'marks: ~ learning, = degenerate (constant so far), + excess, ! anomaly'

/** Writes reports as an aligned table, line by line, with a heading for each source. */
export function createTableExporter(options: {
  statistics: readonly Statistic[]
  write: Write
}): Exporter {
  const { statistics, write } = options
  let current: string | undefined
  return {
    name: 'table',
    async publish(report) {
      const heading = report.source === current ? [] : tableHeading(report.source, statistics)
      current = report.source
      await write(`${[...heading, ...tableRows(report, statistics)].join('\n')}\n`)
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Gives the lines above a source's rows. */
export function tableHeading(source: string, statistics: readonly Statistic[]): string[] {
  const cells = statistics.map(({ name }) => `${name.padStart(widthOf(name))} `)
  const columns = [
    'TIME'.padEnd(TIME),
    'WINDOW'.padStart(LENGTH),
    'PKTS'.padStart(COUNT),
    'BYTES'.padStart(COUNT),
    ...cells,
  ]
  return [`# ${printable(source)}  (${LEGEND})`, columns.join(' ').trimEnd()]
}

/** Gives a report's rows: a gap before it, then its window. */
export function tableRows({ window, samples }: Report, statistics: readonly Statistic[]): string[] {
  const byName = new Map(samples.map((sample) => [sample.statistic.name, sample]))
  const cells = statistics.map(({ name }) => cell(byName.get(name), widthOf(name)))
  const counts = ['PKTS', 'BYTES'].map((name) => String(window.exact(name)).padStart(COUNT))
  const length = String(window.period).padStart(LENGTH)
  const row = [timeText(window.start), length, ...counts, ...cells].join(' ').trimEnd()
  return window.gap ? [gapRow(window.gap), row] : [row]
}

function gapRow({ from, to }: { from: Date; to: Date }): string {
  const seconds = (to.getTime() - from.getTime()) / 1000
  return `${timeText(from)} no packet for ${seconds} s, until ${timeText(to).trimEnd()}`
}

function cell(sample: Sample | undefined, width: number): string {
  const mark = sample?.judgement ? MARKS[sample.judgement.verdict] : ' '
  return `${valueText(sample?.value ?? Number.NaN).padStart(width)}${mark}`
}

/* six significant digits, never wider than a column */
function valueText(value: number): string {
  if (Number.isNaN(value)) return '-'
  return String(Number(value.toPrecision(6)))
}

function timeText(at: Date): string {
  return at.toJSON()?.padEnd(TIME) ?? '-'.padEnd(TIME)
}

function widthOf(name: string): number {
  return Math.max(VALUE, name.length)
}

/* a file's name may carry bytes that a terminal would obey */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}
