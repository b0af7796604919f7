// SPDX-License-Identifier: Apache-2.0

/** The smallest value that at least the share `level` of all values does not exceed; exact. */
export function quantile(ascending: Float64Array, level: number): number {
  return ascending[Math.max(0, Math.ceil(level * ascending.length) - 1)] ?? Number.NaN
}
