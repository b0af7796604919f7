// SPDX-License-Identifier: Apache-2.0
import type { Dashboard, Variable } from './shipped.ts'

/** Puts values in place of a dashboard's variables, as Grafana does. */
export function substituted(query: string, variables: Readonly<Record<string, string>>): string {
  const text = Object.entries(variables).reduce(
    (text, [name, value]) => text.replaceAll(`$${name}`, () => value),
    query,
  )
  const left = /\$\w+/.exec(text)
  if (left) throw new Error(`${left[0]} has no value: ${query}`)
  return text
}

/** Queries of the variables that list a label's values: the series that have it. */
export function listings({ templating }: Dashboard): readonly string[] {
  return templating.list
    .filter(({ type }) => type === 'query')
    .map(({ query }: Variable) => {
      const text = typeof query === 'string' ? query : query.query
      const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? []
      if (!series || !label) throw new Error(`not understood: ${text}`)
      return series.includes('{')
        ? series.replace(/\}$/, `,${label}!=""}`)
        : `${series}{${label}!=""}`
    })
}

/** What a rule's expression asks for: every metric with its matchers, whatever is made of it. */
export function selectors(expr: string): readonly string[] {
  const found = expr.match(/\b(?:pktspot_\w+|up)\b(?:\{(?:"[^"]*"|[^"}])*\})?/g) ?? []
  return [...new Set(found)]
}
