// SPDX-License-Identifier: Apache-2.0
import type { InterfaceDrops } from '../capture/drops/interface-drops.ts'
import type { HostDrops } from './prometheus/drop-families.ts'

/** Drops as those who ask see them: read when they are asked for. */
export interface WatchedDrops {
  host(): HostDrops
  /** What these interfaces count themselves; one that is gone is left out. */
  interfaces(names: readonly string[]): ReadonlyMap<string, InterfaceDrops>
}
