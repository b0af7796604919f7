// SPDX-License-Identifier: Apache-2.0
import { ESTIMATED } from './truth.ts'

/** How far an estimate of distinct values may lie from the exact number. */
export function slack(exact: number, share = 0.05): number {
  return Math.max(3, share * exact)
}

/** Names and values that differ: sums and ports exactly, estimates by more than their slack. */
export function differences(
  found: (name: string) => number | bigint | undefined,
  expected: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(expected).flatMap(([name, exact]) => {
    const value = found(name)
    const allowed = ESTIMATED.has(name) ? slack(exact) : 0
    const same = value !== undefined && Math.abs(Number(value) - exact) <= allowed
    return same ? [] : [`${name}: expected ${exact}, found ${value}`]
  })
}
