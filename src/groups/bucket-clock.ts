// SPDX-License-Identifier: Apache-2.0

/** A stretch of time that base windows make up; milliseconds since the epoch. */
export interface Stretch {
  readonly start: number
  /** Milliseconds that were counted: less than from start to end when windows are missing. */
  readonly counted: number
  readonly full: boolean
}

/** Puts base windows together to buckets that begin at whole multiples of their length since the epoch. */
export interface BucketClock {
  /** Adds a base window; gives the bucket that ends with it, if one does. */
  add(window: { readonly start: Date; readonly seconds: number }): Stretch | undefined
  /** The bucket that is running; undefined before the first window. */
  running(): Stretch | undefined
}

/** Begins at the next window; `late` says that it was not counted from its beginning. */
export function createBucketClock(bucketSeconds: number, late: boolean): BucketClock {
  const length = Math.round(bucketSeconds * 1000)
  let open: { start: number; counted: number; whole: boolean } | undefined
  let latest = Number.NEGATIVE_INFINITY
  let whole = !late
  return {
    add({ start, seconds }) {
      const from = start.getTime()
      const milliseconds = Math.round(seconds * 1000)
      const isBack = open !== undefined && from < latest
      latest = from
      open ??= { start: from, counted: 0, whole }
      open.counted += milliseconds
      whole = true
      const end = from + milliseconds
      const due = (Math.floor(open.start / length) + 1) * length
      /* the end of the bucket lies far away once the clock is set back */
      if (end < due && !isBack) return undefined
      const { start: began, counted } = open
      const full = open.whole && !isBack && end === due && counted === length
      open = undefined
      return { start: began, counted, full }
    },
    running: () => open && { start: open.start, counted: open.counted, full: false },
  }
}
