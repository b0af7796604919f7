// SPDX-License-Identifier: Apache-2.0
import type { Compiled } from './encode.ts'

/** Compiled blocks by key: labels are written once for all scrapes, which keeps ten thousand series cheap. */
export interface CompileCache<T, S> {
  /** Gives the blocks of a key, made at its first use. */
  get(key: string, of: T): readonly Compiled<S>[]
  /** Forgets the keys that were not used since the sweep before the last: scrapes may overlap. Called once a scrape, when all were used. */
  sweep(): void
}

/** Begins empty. */
export function compileCache<T, S>(make: (of: T) => Compiled<S>[]): CompileCache<T, S> {
  const known = new Map<string, { blocks: readonly Compiled<S>[]; used: number }>()
  let generation = 0
  return {
    get(key, of) {
      const found = known.get(key)
      if (found) {
        found.used = generation
        return found.blocks
      }
      const blocks = make(of)
      known.set(key, { blocks, used: generation })
      return blocks
    },
    sweep() {
      for (const [key, { used }] of known) if (used < generation - 1) known.delete(key)
      generation++
    },
  }
}
