// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { PktspotError } from '../errors.ts'
import type { TextMistake } from '../settings/known.ts'
import type { UserStatistic } from '../settings/user-statistics.ts'
import { countersOf, evaluator } from './expression/evaluate.ts'
import { ExpressionMistake, pointedAt } from './expression/mistake.ts'
import type { Node } from './expression/node.ts'
import { parse } from './expression/parse.ts'
import { wordsOf } from './expression/words.ts'
import type { Statistic } from './statistic.ts'

/** Makes a statistic of a user's expressions; throws SETTINGS when one of them is wrong. */
export function userStatistic(definition: UserStatistic, catalog: Catalog): Statistic {
  const { name, expr, when, help = expr, unit = '', range, spot } = definition
  const value = parsed(name, expr, catalog)
  const gate = when === undefined ? undefined : parsed(name, when, catalog)
  const counters = [...new Set([value, ...(gate ? [gate] : [])].flatMap(countersOf))]
  const compute = evaluator(value, counters)
  const holds = gate && evaluator(gate, counters)
  return {
    name,
    help,
    unit,
    counters,
    tails: ['upper'],
    ...(range && { range }),
    ...(spot && { spot }),
    definition: JSON.stringify([expr, when]),
    compute({ exact, exactPrevious }) {
      /* NaN is no answer, so it lets nothing through either */
      if (holds && !holds(exact, exactPrevious)) return Number.NaN
      const result = Number(compute(exact, exactPrevious))
      return Number.isFinite(result) ? result : Number.NaN
    },
  }
}

/** Finds the first mistake in an expression; undefined when there is none. */
export function expressionMistake(text: string, catalog: Catalog): TextMistake | undefined {
  try {
    parse(text, wordsOf(catalog))
    return undefined
  } catch (error) {
    if (!(error instanceof ExpressionMistake)) throw error
    const { at, length, message } = error
    return { offset: at, message, excerpt: pointedAt(text, at, length) }
  }
}

function parsed(name: string, text: string, catalog: Catalog): Node {
  const mistake = expressionMistake(text, catalog)
  if (!mistake) return parse(text, wordsOf(catalog))
  throw new PktspotError('SETTINGS', `statistic ${name}: ${mistake.message}\n${mistake.excerpt}`)
}
