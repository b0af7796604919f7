// SPDX-License-Identifier: Apache-2.0
import type { Latest, Row } from '../../exporters/latest.ts'
import {
  decoded,
  numberOf,
  type Parameters,
  periodOf,
  readParameters,
  sourceOf,
  unknown,
} from './parameters.ts'
import { RequestError } from './request-error.ts'
import { detail, type Question, summary } from './statistic-json.ts'
import { topKeys } from './top-keys.ts'

const FILTERS = ['interface', 'window']
const QUESTIONS = ['value', 'quantile', 'probability']

/** Writes all statistics in short. */
export function statisticsText(latest: Latest, query: URLSearchParams): string {
  const rows = filtered(latest, readParameters(query, FILTERS))
  return JSON.stringify({ statistics: rows.map(summary) })
}

/** Writes one statistic of every interface and length of window in full; refuses an unknown name with 404. */
export function statisticText(latest: Latest, encoded: string, query: URLSearchParams): string {
  const name = decoded(encoded)
  const names = latest.statistics.map((statistic) => statistic.name)
  if (!names.includes(name)) throw new RequestError(404, unknown('statistic', name, names))
  const parameters = readParameters(query, [...FILTERS, ...QUESTIONS])
  const question = asked(parameters)
  const rows = filtered(latest, parameters).filter(({ statistic }) => statistic.name === name)
  const statistics = rows.map((row) => ({
    ...detail(row, question),
    keys: topKeys(latest, row.source),
  }))
  return JSON.stringify({ statistics })
}

function filtered(latest: Latest, parameters: Parameters): readonly Row[] {
  const source = sourceOf(parameters, latest)
  const period = periodOf(parameters, latest)
  return latest
    .rows()
    .filter((row) => row.source === (source ?? row.source) && row.period === (period ?? row.period))
}

function asked(parameters: Parameters): Question {
  const value = numberOf(parameters, 'value')
  const quantile = numberOf(parameters, 'quantile')
  if (value !== undefined && quantile !== undefined) {
    throw new RequestError(400, 'value and quantile mean the same: give one of them')
  }
  const probability = numberOf(parameters, 'probability')
  if (probability !== undefined && !(probability > 0 && probability < 1)) {
    throw new RequestError(400, `probability: ${probability} is not above 0 and below 1`)
  }
  return { value: value ?? quantile, probability }
}
