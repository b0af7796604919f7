// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { CaptureError } from '../errors.ts'
import type { Addon } from '../native/binding.ts'
import { fittedSpecs } from './group-memory.ts'
import type { GroupSpec } from './group-table.ts'

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
  /** Memory that groups may take in the kernel, and what those asked for take of it. */
  readonly groupBudget: number
  readonly groupBytes: number
  /** The groups as they fit. */
  readonly groups: readonly GroupSpec[]
}

/** Part of an interface's memory that groups may take. */
const GROUP_SHARE = 1 / 3

/** The share of an interface's memory that each direction has. */
export function directionShare(budgetBytes: number, transmit: boolean): number {
  return Math.floor(budgetBytes / (transmit ? 2 : 1))
}

/** Draws a hash seed, so that nobody outside can choose addresses that collide. */
export function randomSeed(): bigint {
  return randomBytes(8).readBigUInt64LE()
}

/**
 * Divides the interface's share of memory: groups get what they ask for, at most a third, and the tables the highest
 * precision that fits the rest; throws MEMORY_BUDGET when none does, or the groups do not fit.
 */
export function layoutFor(
  addon: Addon,
  options: { cpus: number; budgetBytes: number; seed?: bigint; groups?: readonly GroupSpec[] },
): Layout {
  const { cpus, budgetBytes, seed = randomSeed() } = options
  const { bitsMin, bitsMax } = addon.sizes(0)
  const share = Math.floor(budgetBytes * GROUP_SHARE)
  const fitted = fittedSpecs(addon, options.groups ?? [], { bytes: share, cpus })
  const groupBytes = fitted.reduce((sum, each) => sum + each.bytes, 0)
  const groups = fitted.map(({ spec }) => spec)
  for (let bits = bitsMax; bits >= bitsMin; bits--) {
    const bytes = cpus * addon.sizes(bits).tableBytes
    const groupBudget = Math.min(share, budgetBytes - bytes)
    if (groupBytes <= groupBudget) {
      return { cpus, bits, seed, bytes, groupBudget, groupBytes, groups }
    }
  }
  const least = cpus * addon.sizes(bitsMin).tableBytes
  throw new CaptureError(
    'MEMORY_BUDGET',
    `kernel_memory: ${budgetBytes} bytes an interface are too few for ${cpus} CPUs, which need ${least}; raise it or count on fewer interfaces`,
  )
}
