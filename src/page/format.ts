// SPDX-License-Identifier: Apache-2.0

const NONE = '–'
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const

/** Writes a value with three significant digits: 1.23 M; a dash where there is none. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE
  const size = Math.abs(value)
  if (size !== 0 && size < 0.001) return value.toExponential(1).replaceAll('-', '−')
  let step = 0
  while (step < PREFIXES.length - 1 && size / 1000 ** step >= 999.5) step++
  const scaled = Number((value / 1000 ** step).toPrecision(3))
  const text = String(scaled).replace('-', '−')
  return step === 0 ? text : `${text} ${PREFIXES[step]}`
}

/** Writes a value with six significant digits, for tables. */
export function exact(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(3).replaceAll('-', '−')
  return String(Number(value.toPrecision(6))).replace('-', '−')
}

/** Writes a whole number with all its digits, in groups of three. */
export function digits(value: number | string | null | undefined): string {
  if (value === null || value === undefined) return NONE
  return BigInt(value).toLocaleString('en-GB')
}

const UNITS: Readonly<Record<string, string>> = {
  ratio: '',
  bytes: 'B',
  'bytes per second': 'B/s',
  'packets per second': 'pkts/s',
}

/** Writes a unit in short. */
export function unitOf(unit: string): string {
  return UNITS[unit] ?? unit
}

/** Writes a value with its unit. */
export function measure(value: number | null | undefined, unit: string): string {
  return measured(value, unit).join(' ').trim()
}

/** Splits a value from its unit; a prefix goes to a unit that is a symbol: 1.23 and kB/s. */
export function measured(
  value: number | null | undefined,
  unit: string,
): [value: string, unit: string] {
  const text = short(value)
  const name = unitOf(unit)
  if (text === NONE || name === '') return [text, '']
  const [number = '', prefix = ''] = text.split(' ')
  return name.startsWith('B') ? [number, prefix + name] : [text, name]
}

/** Writes a share in per cent. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? NONE : `${Math.floor(share * 100)} %`
}

/** Writes the time of day of this browser's clock. */
export function clock(time: string | number | Date | null | undefined): string {
  if (time === null || time === undefined) return NONE
  return new Date(time).toLocaleTimeString('en-GB')
}

/** Writes how long something took: 3 h 12 min. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
