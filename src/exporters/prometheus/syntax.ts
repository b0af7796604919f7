// SPDX-License-Identifier: Apache-2.0
import { type Exemplar, type Family, type Labels, sampleName, textType } from './family.ts'

/** How an exposition is written. */
export interface Syntax {
  /** OpenMetrics 1.0, otherwise the text format. */
  readonly openMetrics: boolean
  /** Unix seconds at which counting began, to be told with each counter in OpenMetrics; undefined: not told. */
  readonly created?: number | undefined
}

/** Units that names of families end in. */
const UNIT = /_(seconds|bytes|ratio|packets)$/

/** Writes what stands above a family's samples. */
export function head(family: Family, { openMetrics }: Syntax): string {
  if (!openMetrics) {
    const name = sampleName(family)
    return `# HELP ${name} ${escaped(family.help)}\n# TYPE ${name} ${textType(family)}\n`
  }
  const { name, type, help } = family
  const unit = type === 'info' ? undefined : UNIT.exec(name)?.[1]
  const unitLine = unit === undefined ? '' : `# UNIT ${name} ${unit}\n`
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${quotable(help)}\n`
}

/** Writes labels in braces; nothing where there are none. */
export function labelText(labels: Labels): string {
  const text = pairs(labels)
  return text === '' ? '' : `{${text}}`
}

/** The same, with the bounds of buckets and quantiles as OpenMetrics has numbers: `1.0`. */
export function openLabelText(labels: Labels): string {
  const { le, quantile } = labels
  if (le !== undefined) return labelText({ ...labels, le: canonical(le) })
  if (quantile !== undefined) return labelText({ ...labels, quantile: canonical(quantile) })
  return labelText(labels)
}

/** Writes an exemplar as it follows a sample. */
export function exemplarText({ labels, value, seconds }: Exemplar): string {
  return ` # {${pairs(labels)}} ${decimal(value)} ${decimal(seconds)}`
}

/** Writes a value; JavaScript's own text of finite numbers is valid in both formats. */
export function decimal(value: number | bigint | string): string {
  if (typeof value !== 'number' || Number.isFinite(value) || Number.isNaN(value)) return `${value}`
  return value > 0 ? '+Inf' : '-Inf'
}

function pairs(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${quotable(value)}"`)
    .join(',')
}

function canonical(bound: string): string {
  return /^-?\d+$/.test(bound) ? `${bound}.0` : bound
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
}

function quotable(text: string): string {
  return escaped(text).replace(/"/g, '\\"')
}
