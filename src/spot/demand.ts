// SPDX-License-Identifier: Apache-2.0

/** Throws a RangeError that names an option and the range that it is not in. */
export function demand(met: boolean, name: string, value: number, range: string): void {
  if (!met) throw new RangeError(`${name} is ${value}, but must be ${range}`)
}

/** Demands a level that leaves something beyond it, and a q that is less than that. */
export function demandShares(q: number, level: number, leastLevel: string): void {
  const rest = Number((1 - level).toPrecision(12))
  demand(level < 1, 'level', level, `${leastLevel} and below 1`)
  demand(q > 0 && q + level < 1, 'q', q, `above 0 and below 1 - level = ${rest}`)
}

/** Demands a whole number. */
export function demandWhole(name: string, value: number, least: number, most?: number): void {
  const met = Number.isInteger(value) && value >= least && value <= (most ?? value)
  const range = most === undefined ? `, at least ${least}` : ` between ${least} and ${most}`
  demand(met, name, value, `a whole number${range}`)
}
