// SPDX-License-Identifier: Apache-2.0
import { LRUCache } from 'lru-cache'

/** Last values of series that have ended: a key that returns goes on from its own. */
export interface Kept {
  /** Gives back what was kept of the key and forgets it. */
  take(id: string): bigint[] | undefined
  /** Keeps a key's cumulative cells; beyond the capacity the key that ended first gives way. */
  put(id: string, sums: bigint[]): void
  /** Changes how many keys are kept; of too many the latest stay. */
  resize(capacity: number): void
  /** All that is kept, the latest last. */
  all(): [id: string, sums: bigint[]][]
}

/** Keeps the values of this many keys, at least one. */
export function createKept(capacity: number): Kept {
  let cache = sized(capacity)
  return {
    take(id) {
      const sums = cache.get(id)
      cache.delete(id)
      return sums
    },
    put: (id, sums) => void cache.set(id, sums),
    resize(next) {
      const before = cache
      cache = sized(next)
      for (const [id, sums] of [...before.entries()].reverse()) cache.set(id, sums)
    },
    all: () => [...cache.entries()].reverse(),
  }
}

function sized(capacity: number): LRUCache<string, bigint[]> {
  return new LRUCache({ max: Math.max(capacity, 1) })
}
