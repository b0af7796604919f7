// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { CompiledSet } from '../filters/compiled-set.ts'
import type { Addon, Handle } from '../native/binding.ts'
import type { Mode } from './source.ts'

/** A source that is being opened, before its first packet. */
export interface Opening {
  readonly addon: Addon
  readonly handle: Handle
  readonly name: string
  readonly mode: Mode
  /** Of a live source. */
  readonly target?: { readonly ifindex: number; readonly raw: boolean }
}

/** Begins to count sums beside the core's at a source; throws a CaptureError. The source closes them. */
export type OpenSums = (opening: Opening) => AddedSums

/** What a source counts beside the core's counters. */
export interface Beside {
  /** Has the core's counters, then those of the sums in their order; the core's alone unless given. */
  readonly catalog?: Catalog
  readonly sums?: readonly OpenSums[]
  /** Filters that packets are tried on, and the counters among them: their counters follow those of the catalog. */
  readonly filters?: CompiledSet | undefined
}

/** Opens all; those that are open are closed again when one cannot be. */
export function openAll(sums: readonly OpenSums[], opening: Opening): readonly AddedSums[] {
  const opened: AddedSums[] = []
  try {
    for (const open of sums) opened.push(open(opening))
    return opened
  } catch (error) {
    for (const each of opened) each.close()
    throw error
  }
}
