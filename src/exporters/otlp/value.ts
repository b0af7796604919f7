// SPDX-License-Identifier: Apache-2.0

/** Counts of a histogram's buckets, not cumulative, the last one +Inf. */
export interface Buckets {
  readonly bounds: readonly number[]
  readonly counts: readonly bigint[]
  readonly sum: number
}

/** What a series says. */
export type Value = number | bigint | Buckets

export function isBuckets(value: Value): value is Buckets {
  return typeof value === 'object'
}

/** Whether a total is smaller than it was, which says that it began anew. */
export function fallen(value: Value, before: Value): boolean {
  if (!isBuckets(value) || !isBuckets(before)) return value < before
  return value.counts.some((count, at) => count < (before.counts[at] ?? 0n))
}

/** What a total rose by. */
export function minus(value: Value, before: Value): Value {
  if (isBuckets(value)) {
    if (!isBuckets(before)) return value
    const counts = value.counts.map((count, at) => count - (before.counts[at] ?? 0n))
    return { ...value, counts, sum: value.sum - before.sum }
  }
  if (isBuckets(before)) return value
  const exact = typeof value === 'bigint' && typeof before === 'bigint'
  return exact ? value - before : Number(value) - Number(before)
}
