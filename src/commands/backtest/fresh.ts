// SPDX-License-Identifier: Apache-2.0
import type { Rule } from './rule-file.ts'

/** Matchers in braces; a brace within a quoted value ends nothing. */
const MATCHERS = String.raw`\s*\{(?:[^}"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\}`

/**
 * Rewrites an expression so that a recorded series ends at the evaluation that no longer gives it. Prometheus marks such
 * an end; samples that are filled in later cannot, and would hold on.
 */
export function fresh(expr: string, rules: readonly Rule[]): string {
  const intervals = new Map(
    rules.filter(({ kind }) => kind === 'record').map(({ name, interval }) => [name, interval]),
  )
  const selector = new RegExp(
    `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|(?<![\\w:])([a-zA-Z_:][\\w:]*)(?:${MATCHERS})?(?!\\s*(?:\\[|@|offset\\b|[\\w:({]))`,
    'g',
  )
  return expr.replace(selector, (text, name: string | undefined) => {
    const interval = name === undefined ? undefined : intervals.get(name)
    return interval === undefined
      ? text
      : `(${text} and (timestamp(${text}) > time() - ${interval / 1000}))`
  })
}
