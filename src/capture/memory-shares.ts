// SPDX-License-Identifier: Apache-2.0
import type { Addon } from '../native/binding.ts'
import type { GroupSpec } from './group-table.ts'
import { type Layout, layoutFor } from './layout.ts'

/** The kernel's memory, divided among interfaces that come and go. */
export interface MemoryShares {
  /** What the next interface may take, when so many are to be opened now with these groups. */
  next(pending: number, groups: readonly GroupSpec[]): number
  /** Notes what an interface was opened with. */
  take(name: string, layout: Layout): void
  /** Takes back what an interface had. */
  release(name: string): void
}

/**
 * Divides so many bytes. Where patterns may match further interfaces, those to be opened leave an equal share for the
 * next one, and none takes more than it can use: the highest precision, and twice the groups that it begins with.
 */
export function memoryShares(
  addon: Addon,
  options: {
    readonly total: number
    readonly cpus: number
    readonly open: boolean
    /** Directions that are counted, each with a layout of its own. */
    readonly directions: number
  },
): MemoryShares {
  const { total, cpus, open, directions } = options
  const taken = new Map<string, number>()
  const useful = (groups: readonly GroupSpec[]): number => {
    const { bytes, groupBytes } = layoutFor(addon, {
      cpus,
      groups,
      budgetBytes: Number.MAX_SAFE_INTEGER,
    })
    /* groups may have a third of the whole */
    return directions * Math.max(bytes + 2 * groupBytes, 3 * 2 * groupBytes)
  }
  return {
    next(pending, groups) {
      if (!open) return Math.floor(total / (taken.size + pending))
      const left = [...taken.values()].reduce((rest, bytes) => rest - bytes, total)
      return Math.min(useful(groups), Math.floor(Math.max(0, left) / (pending + 1)))
    },
    take: (name, { bytes, groupBudget }) =>
      void taken.set(name, directions * (bytes + groupBudget)),
    release: (name) => void taken.delete(name),
  }
}
