// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import type { Sample } from '../monitor/sample.ts'
import { type Alarm, alarmsOf } from './alarm.ts'
import type { Exporter, Report } from './exporter.ts'

/** Where text goes; resolves when the reader keeps up. */
export type Write = (text: string) => void | Promise<void>

/** Writes every report as lines of JSON; a slow reader slows the replay, nothing is queued. */
export function createNdjsonExporter(options: { catalog: Catalog; write: Write }): Exporter {
  return {
    name: 'ndjson',
    async publish(report) {
      await options.write(`${records(report, options.catalog).join('\n')}\n`)
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Gives a report's records, one JSON object each: a gap before it, its data, then the alarms it raised. */
export function records(report: Report, catalog: Catalog): string[] {
  const { source, window } = report
  const gap = window.gap ? [gapRecord(source, window.gap)] : []
  const alarms = alarmsOf(report).map((alarm) => alarmRecord(source, alarm))
  return [...gap, dataRecord(report, catalog), ...alarms]
}

function dataRecord({ source, window, samples }: Report, catalog: Catalog): string {
  const head = JSON.stringify({ kind: 'data', ...place(source, window) })
  const statistics = Object.fromEntries(
    samples.map((each) => [each.statistic.name, standing(each)]),
  )
  const counters = `"counters":${countersJson(window, catalog)}`
  return `${head.slice(0, -1)},${counters},"statistics":${JSON.stringify(statistics)}}`
}

function alarmRecord(source: string, { id, time, window, ...alarm }: Alarm): string {
  return JSON.stringify({ kind: 'alarm', time, interface: source, window, ...alarm, id })
}

function gapRecord(source: string, { from, to }: { from: Date; to: Date }): string {
  const seconds = (to.getTime() - from.getTime()) / 1000
  return JSON.stringify({ kind: 'gap', time: from, interface: source, seconds, until: to })
}

function place(source: string, { start, period }: Window) {
  return { time: start, interface: source, window: period }
}

/* JSON.stringify turns NaN and infinities to null */
function standing({ value, judgement }: Sample) {
  return {
    value,
    upper: judgement?.upper ?? null,
    lower: judgement?.lower ?? null,
    verdict: judgement?.verdict ?? null,
    tail: judgement?.tail ?? null,
    probability: judgement?.probability ?? null,
  }
}

/** Writes sums and clocks with all their digits, which JSON.stringify cannot, and what is distinct as an integer. */
export function countersJson(window: Pick<Window, 'exact'>, catalog: Catalog): string {
  const members: string[] = []
  for (const { name, kind } of catalog) {
    if (kind === 'histogram') continue
    const value = window.exact(name)
    const digits = typeof value === 'number' ? JSON.stringify(Math.round(value)) : String(value)
    members.push(`${JSON.stringify(name)}:${digits}`)
  }
  return `{${members.join(',')}}`
}

/** Writes histograms with all their digits: counts of their buckets, the last one +Inf. */
export function histogramsJson(window: Pick<Window, 'buckets'>, catalog: Catalog): string {
  const members = [...catalog]
    .filter(({ kind }) => kind === 'histogram')
    .map(({ name, bounds }) => {
      const counts = window.buckets(name).join()
      return `${JSON.stringify(name)}:{"bounds":${JSON.stringify(bounds)},"counts":[${counts}]}`
    })
  return `{${members.join()}}`
}
