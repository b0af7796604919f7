// SPDX-License-Identifier: Apache-2.0

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** Milliseconds of a duration as Prometheus writes it: `1h30m`, `500ms`, `0`. */
export function milliseconds(duration: string): number {
  const parts = String(duration).matchAll(/(\d+)(ms|[smhdwy])/g)
  return [...parts].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  )
}
