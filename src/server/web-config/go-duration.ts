// SPDX-License-Identifier: Apache-2.0
import type { Format } from '../../settings/format.ts'

const SECONDS: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
}

const PART = /(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)/gy

/** Allows a length of time as Go's time.ParseDuration reads it, `1m30s`; the value is in seconds. */
export const goDuration: Format<number> = {
  expected: 'a time such as 500ms, 1s or 1m30s, or 0',
  read(written) {
    if (written === 0 || written === '0') return 0
    if (typeof written !== 'string') return undefined
    const parts = [...written.matchAll(PART)]
    const isWhole = parts.map(([text]) => text).join('') === written && parts.length > 0
    const sum = (total: number, [, digits, unit = '']: RegExpExecArray) =>
      total + Number(digits) * (SECONDS[unit] ?? Number.NaN)
    return isWhole ? parts.reduce(sum, 0) : undefined
  },
  show: (seconds) => `${seconds}s`,
  remedy: (written) => (typeof written === 'number' ? `write ${written}s` : undefined),
}
