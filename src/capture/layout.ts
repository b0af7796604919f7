// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { CaptureError } from '../errors.ts'
import type { Addon } from '../native/binding.ts'

/** How the tables of one interface are laid out. */
export interface Layout {
  /** Tables: one a possible CPU. */
  readonly cpus: number
  /** HyperLogLog precision p: standard error 1.04 / sqrt(2^p). */
  readonly bits: number
  /** Seed of the hashes. */
  readonly seed: bigint
  /** Memory of all tables. */
  readonly bytes: number
}

/** Draws a hash seed, so that nobody outside can choose addresses that collide. */
export function randomSeed(): bigint {
  return randomBytes(8).readBigUInt64LE()
}

/** Chooses the highest precision whose tables fit the interface's share of memory; throws MEMORY_BUDGET when none does. */
export function layoutFor(
  addon: Addon,
  options: { cpus: number; budgetBytes: number; seed?: bigint },
): Layout {
  const { cpus, budgetBytes, seed = randomSeed() } = options
  const { bitsMin, bitsMax } = addon.sizes(0)
  for (let bits = bitsMax; bits >= bitsMin; bits--) {
    const bytes = cpus * addon.sizes(bits).tableBytes
    if (bytes <= budgetBytes) return { cpus, bits, seed, bytes }
  }
  const least = cpus * addon.sizes(bitsMin).tableBytes
  throw new CaptureError(
    'MEMORY_BUDGET',
    `kernel_memory: ${budgetBytes} bytes an interface are too few for ${cpus} CPUs, which need ${least}; raise it or count on fewer interfaces`,
  )
}
