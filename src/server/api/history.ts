// SPDX-License-Identifier: Apache-2.0
import type { History, StatisticHistory } from '../../exporters/history.ts'
import type { Latest } from '../../exporters/latest.ts'
import { type Parameters, periodOf, readParameters, sourceOf } from './parameters.ts'
import { RequestError } from './request-error.ts'

/** Times as the API writes them. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

/** Writes the last windows of every statistic; after the window that began at `since` when it is given. */
export function historyText(
  latest: Latest,
  history: History | undefined,
  query: URLSearchParams,
): string {
  const parameters = readParameters(query, ['interface', 'window', 'since'])
  const wanted = {
    source: sourceOf(parameters, latest),
    period: periodOf(parameters, latest),
    since: timeOf(parameters, 'since'),
  }
  const windows = history?.windows(wanted) ?? []
  return JSON.stringify({
    history: windows.map(({ source, period, capacity, times, statistics }) => ({
      interface: source,
      window: period,
      capacity,
      times,
      statistics: statistics.map(statisticJson),
    })),
  })
}

/* JSON.stringify turns NaN to null */
function statisticJson({ name, values, upper, lower, marks }: StatisticHistory) {
  return { name, value: values, upper, lower, marks }
}

function timeOf(parameters: Parameters, name: string): Date | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const time = new Date(TIME.test(text) ? text : Number.NaN)
  if (!Number.isNaN(time.getTime())) return time
  throw new RequestError(
    400,
    `${name}: ${JSON.stringify(text)} is no time like 2026-11-21T22:15:20.000Z`,
  )
}
