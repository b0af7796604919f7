// SPDX-License-Identifier: Apache-2.0
import type { Format } from './format.ts'

const BYTES = { GiB: 2 ** 30, MiB: 2 ** 20, KiB: 2 ** 10, GB: 1e9, MB: 1e6, kB: 1e3, B: 1 }
const SECONDS = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 }

/** Allows a size: a number of bytes, or text such as `32MiB`; the value is in bytes. */
export function size(least: number, most: number): Format<number> {
  const show = (bytes: number): string | number => {
    const unit = (['GiB', 'MiB', 'KiB'] as const).find((name) => bytes % BYTES[name] === 0)
    return unit && bytes > 0 ? `${bytes / BYTES[unit]}${unit}` : bytes
  }
  return {
    expected: `a size from ${show(least)} to ${show(most)}, such as 32MiB, or a number of bytes`,
    read: (written) => {
      const bytes = measure(written, BYTES)
      return Number.isInteger(bytes) ? within(bytes, least, most) : undefined
    },
    show,
  }
}

/** Allows a length of time: a number of seconds, or text such as `90s` or `1h`; the value is in seconds. */
export function duration(least: number, most: number): Format<number> {
  const show = (seconds: number): string => {
    const unit = (['d', 'h', 'm'] as const).find((name) => seconds % SECONDS[name] === 0)
    return unit && seconds > 0 ? `${seconds / SECONDS[unit]}${unit}` : `${seconds}s`
  }
  return {
    expected: `a time from ${show(least)} to ${show(most)}, such as 90s or 1h, or a number of seconds`,
    read: (written) => within(measure(written, SECONDS), least, most),
    show,
  }
}

/** Allows a share: text such as `10%`, or a ratio such as 0.1; the value is a ratio. */
export function share(least: number, most: number): Format<number> {
  const show = (ratio: number): string => `${Number((ratio * 100).toPrecision(12))}%`
  return {
    expected: `a share from ${show(least)} to ${show(most)}, such as 10% or 0.1`,
    read: (written) => within(measure(written, { '%': 0.01 }), least, most),
    show,
    remedy: (written) => (/^\d+(\.\d+)?$/.test(`${written}`) ? `write ${written}%` : undefined),
  }
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined
}

/** Reads an amount: a number, or text of a number and a unit. */
function measure(written: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof written === 'number') return written
  if (typeof written !== 'string') return undefined
  const [, digits, name] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*|%)$/.exec(written) ?? []
  if (digits === undefined || name === undefined) return undefined
  if (name === '') return Number(digits)
  const unit = Object.hasOwn(units, name) ? units[name] : undefined
  return unit === undefined ? undefined : Number(digits) * unit
}
