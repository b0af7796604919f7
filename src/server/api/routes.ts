// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../../exporters/latest.ts'
import { json, type Route, refusal } from '../answer.ts'
import { countersText } from './counters.ts'
import { interfacesText } from './interfaces.ts'
import { RequestError } from './request-error.ts'
import { statisticsText, statisticText } from './statistics.ts'

const ROOT = '/api/v1'
const STATISTIC = `${ROOT}/statistics/`

/** Gives what is found at each path of the API, which docs/api.md describes. */
export function apiRoutes(latest: Latest): (path: string) => Route | undefined {
  const fixed = new Map<string, (query: URLSearchParams) => string>([
    [`${ROOT}/counters`, (query) => countersText(latest, query)],
    [`${ROOT}/interfaces`, (query) => interfacesText(latest, query)],
    [`${ROOT}/statistics`, (query) => statisticsText(latest, query)],
  ])
  return (path) => {
    const make = path.startsWith(STATISTIC)
      ? (query: URLSearchParams) => statisticText(latest, path.slice(STATISTIC.length), query)
      : fixed.get(path)
    return make && ((query) => answered(path, () => make(query)))
  }
}

function answered(path: string, make: () => string) {
  try {
    return json(200, make())
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return refusal(path, error.status, error.message)
  }
}
