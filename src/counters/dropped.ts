// SPDX-License-Identifier: Apache-2.0
import { type AddedCounter, withSums } from './added-sums.ts'
import type { Catalog } from './catalog.ts'

/** What the kernel drops of an interface's packets; only live sources count it, where the kernel tells. */
export const DROPPED: AddedCounter = {
  name: 'DROPPED',
  layer: 'PKT',
  unit: 'packets',
  help: 'Packets, sent or received, that the kernel dropped while they were at the interface',
  direction: 'both',
}

/** Puts the drops behind the core's counters. */
export function withDropped(core: Catalog): Catalog {
  return withSums(core, [DROPPED])
}
