// SPDX-License-Identifier: Apache-2.0
import { type Block, type Family, type Labels, type Series, sampleName } from './family.ts'

/** Content type of the text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A block whose names and labels are text already, so that a scrape only adds values. */
export interface Compiled<S> {
  readonly family: Family
  readonly lines: readonly { readonly prefix: string; readonly value: Series<S>['value'] }[]
}

/** Writes names and labels once for all scrapes. */
export function compile<S>({ family, series }: Block<S>): Compiled<S> {
  const name = sampleName(family)
  const lines = series.map(({ suffix = '', labels, value }) => ({
    prefix: `${name}${suffix}${labelText(labels)} `,
    value,
  }))
  return { family, lines }
}

/** Writes the families of several subjects, each family once and unbroken. */
export function encode<S>(
  parts: Iterable<{ readonly blocks: readonly Compiled<S>[]; readonly subject: S }>,
): string {
  const texts = new Map<string, string>()
  for (const { blocks, subject } of parts) {
    for (const { family, lines } of blocks) {
      if (lines.length === 0) continue
      let text = texts.get(family.name) ?? head(family)
      for (const { prefix, value } of lines) text += `${prefix}${decimal(value(subject))}\n`
      texts.set(family.name, text)
    }
  }
  return [...texts.values()].join('')
}

function head(family: Family): string {
  const name = sampleName(family)
  const help = family.help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return `# HELP ${name} ${help}\n# TYPE ${name} ${family.type}\n`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}

function decimal(value: number | bigint | string): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}
