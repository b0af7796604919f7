// SPDX-License-Identifier: Apache-2.0

/** Values of one scrape by series, as the exposition writes it: `name{label="value"}`. */
export type Scrape = ReadonlyMap<string, number>

type Labels = Readonly<Record<string, string>>

/** Parses the Prometheus text format; comments and timestamps are dropped. */
export function parseScrape(text: string): Scrape {
  const values = new Map<string, number>()
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)/.exec(line)
    if (found?.[1] && found[2]) values.set(found[1], parseValue(found[2]))
  }
  return values
}

/** Value of the one series with this name and at least these labels; undefined without one, throws on several. */
export function sample(scrape: Scrape, name: string, labels: Labels = {}): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const found = [...scrape].filter(([series]) => {
    const [head = '', rest = ''] = series.split(/\{(.*)/s)
    const present = rest.slice(0, -1).match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []
    return head === name && wanted.every((pair) => present.some((label) => label === pair))
  })
  if (found.length > 1) throw new Error(`${found.length} series match ${name} ${wanted.join(',')}`)
  return found[0]?.[1]
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number(text)
}
