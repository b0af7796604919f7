// SPDX-License-Identifier: Apache-2.0
import { type Episode, episodes } from './alert.ts'
import { fresh } from './fresh.ts'
import { type Grid, gridOf, type Prometheus, type Span } from './prometheus.ts'
import type { Rule } from './rule-file.ts'

/** Gives a line of JSON for each time that an alert was active, in the order of time. */
export async function timesActive(
  rules: readonly Rule[],
  prometheus: Prometheus,
  span: Span,
): Promise<string[]> {
  const found: { at: number; line: string }[] = []
  for (const rule of rules.filter(({ kind }) => kind === 'alert')) {
    const grid = gridOf(span, rule.interval)
    for (const { labels, values } of await prometheus.range(fresh(rule.expr, rules), grid)) {
      const { __name__: _, ...rest } = labels
      const own = { ...rest, ...rule.labels }
      for (const episode of episodes(timesOf(grid), values, rule)) {
        found.push({ at: episode.pending, line: recordOf(rule.name, own, episode) })
      }
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ line }) => line)
}

function* timesOf({ from, to, step }: Grid): Iterable<number> {
  for (let time = from; time <= to; time += step) yield time
}

/* JSON.stringify turns NaN and infinities to null */
function recordOf(
  alert: string,
  labels: Rule['labels'],
  { pending, firing, resolved, value }: Episode,
): string {
  const date = (time: number | null) => (time === null ? null : new Date(time))
  const times = { pending: date(pending), firing: date(firing), resolved: date(resolved) }
  return JSON.stringify({ kind: 'rule', alert, labels, ...times, value })
}
