// SPDX-License-Identifier: Apache-2.0
import type { Block } from './prometheus/family.ts'

/** Families about the program itself and what they are read off. */
export interface Told {
  readonly blocks: readonly Block<unknown>[]
  /** Gives it as it stands now; undefined: there is nothing to tell. */
  subject(): unknown
}

/** Joins families with what they are read off. */
export function told<S>(blocks: readonly Block<S>[], subject: () => S | undefined): Told {
  return { blocks: blocks as readonly Block<unknown>[], subject }
}
