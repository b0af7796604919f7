// SPDX-License-Identifier: Apache-2.0
import type { History } from '../../exporters/history.ts'
import type { Latest } from '../../exporters/latest.ts'
import { json, type Route, refusal } from '../answer.ts'
import { countersText } from './counters.ts'
import { groupsText } from './groups.ts'
import { historyText } from './history.ts'
import { interfacesText } from './interfaces.ts'
import { type ApiPath, openApi } from './openapi.ts'
import { decoded, readParameters } from './parameters.ts'
import { RequestError } from './request-error.ts'
import { statisticsText, statisticText } from './statistics.ts'
import { type About, statusText } from './status.ts'

const ROOT = '/api/v1'

/** Writes an answer; `name` is the last part of a path that ends with one. */
type Write = (query: URLSearchParams, name: string) => string

/** What the API tells of. */
export interface Told extends About {
  readonly latest: Latest
  /** The last windows of every statistic; left out, none are told of. */
  readonly history?: History | undefined
}

/** Gives what is found at each path of the API, which openapi.ts and docs/api.md describe. */
export function apiRoutes(told: Told): (path: string) => Route | undefined {
  const { latest, history, version } = told
  const answers: Readonly<Record<ApiPath, Write>> = {
    '/counters': (query) => countersText(latest, query),
    '/groups': (query) => groupsText(latest, query),
    '/groups/{name}': (query, name) => groupsText(latest, query, decoded(name)),
    '/history': (query) => historyText(latest, history, query),
    '/interfaces': (query) => interfacesText(latest, query),
    '/openapi.json': (query) => described(version, query),
    '/statistics': (query) => statisticsText(latest, query),
    '/statistics/{name}': (query, name) => statisticText(latest, name, query),
    '/status': (query) => statusText(latest, told, query),
  }
  const found = new Map<string, Write>(Object.entries(answers))
  return (path) => {
    if (!path.startsWith(`${ROOT}/`)) return undefined
    const [, parent, name = ''] = /^(\/[^/]+\/)(.*)$/s.exec(path.slice(ROOT.length)) ?? []
    const write = found.get(parent === undefined ? path.slice(ROOT.length) : `${parent}{name}`)
    return write && ((query) => answered(path, () => write(query, name)))
  }
}

function described(version: string, query: URLSearchParams): string {
  readParameters(query, [])
  return JSON.stringify(openApi(version))
}

function answered(path: string, make: () => string) {
  try {
    return json(200, make())
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    return refusal(path, error.status, error.message)
  }
}
