// SPDX-License-Identifier: Apache-2.0
import type { Block } from './prometheus/family.ts'

/** Interfaces that are not counted. */
export interface Skipping {
  readonly skipped: number
}

/** The families of interfaces that are not counted. */
export const SKIPPED_BLOCKS: readonly Block<Skipping>[] = [
  {
    family: {
      name: 'pktspot_interfaces_skipped',
      type: 'gauge',
      help: 'Interfaces that match a pattern and are not counted: there are too many, memory is short, or they were refused',
      labels: [],
    },
    series: [{ labels: {}, value: ({ skipped }) => skipped }],
  },
]
