// SPDX-License-Identifier: Apache-2.0

/** How a meter's samples become one value a bucket. */
export interface VartypeMeaning {
  readonly name: string
  readonly help: string
}

export const VARTYPES = [
  { name: 'COUNTER', help: 'Count of the bucket' },
  { name: 'RATE_COUNTER', help: 'Count of the bucket per second' },
  { name: 'GAUGE', help: 'Last value' },
  { name: 'GAUGE_MIN_MAX_AVG', help: 'Last value, with least, greatest and mean of the bucket' },
  { name: 'RUNNING_COUNTER', help: 'Level that goes up and down and is never reset' },
  { name: 'AVERAGE', help: "Mean of the bucket's samples" },
  {
    name: 'DELTA_RATE_COUNTER',
    help: 'Rise per second of a counter that the samples read; after a wrap or reset it begins anew',
  },
  { name: 'MAXIMUM', help: "Greatest of the bucket's samples" },
  { name: 'MINIMUM', help: "Least of the bucket's samples" },
] as const satisfies readonly VartypeMeaning[]

/** Name of a vartype, as meters are written with it. */
export type Vartype = (typeof VARTYPES)[number]['name']
