// SPDX-License-Identifier: Apache-2.0

const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'] as const

/** What stands for a value that is not known. */
export const NOTHING = '-'

/** Writes an amount with three significant digits and a decimal prefix: `999`, `1.23K`, `45.6M`; NaN as a dash. */
export function short(value: number): string {
  return written(value, '', '')
}

/** Writes bytes: `999B`, `1.23KB`. */
export function shortBytes(value: number): string {
  return written(value, '', 'B')
}

/** Writes an amount with its unit apart: `12.3 Kpps`, `1.23 GB`, `45.6 Mbit/s`. */
export function long(value: number, unit: 'B' | 'bit/s' | 'pps'): string {
  return written(value, ' ', unit)
}

function written(value: number, gap: string, unit: string): string {
  if (!Number.isFinite(value)) return NOTHING
  /* what rounds up to 1000 takes the next prefix */
  const size = Math.abs(Number(value.toPrecision(3)))
  const power = size < 1 ? 0 : Math.floor(Math.log10(size) / 3)
  const at = Math.min(power, PREFIXES.length - 1)
  const number = digits(value / 1000 ** at, at > 0)
  return `${number}${gap}${PREFIXES[at]}${unit}`
}

/** Whole numbers of units stay whole; all else has three significant digits, at most two of them after the point. */
function digits(value: number, scaled: boolean): string {
  if (!scaled && Number.isInteger(value)) return String(value)
  const rounded = Number(value.toPrecision(3))
  const whole = Math.trunc(Math.abs(rounded)).toString().length
  return rounded.toFixed(Math.max(0, 3 - whole))
}

/** Writes a statistic's value: shares keep three digits after the point, what is large gets a prefix. */
export function valueText(value: number): string {
  if (!Number.isFinite(value)) return NOTHING
  if (value === 0 || Math.abs(value) >= 1000) return short(value)
  if (Math.abs(value) < 0.0005) return value.toExponential(1)
  return Math.abs(value) < 10 ? value.toFixed(3) : short(value)
}

/** Writes seconds: `1 s`, `0.5 s`, `1 min`. */
export function secondsText(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
