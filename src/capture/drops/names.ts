// SPDX-License-Identifier: Apache-2.0
import type { DropTypes } from './kernel-types.ts'

/** Reasons that are told from the start, so that their first drop is seen as a rise. */
const COMMON: readonly string[] = [
  'NOT_SPECIFIED',
  'NO_SOCKET',
  'SOCKET_FILTER',
  'SOCKET_RCVBUFF',
  'NETFILTER_DROP',
  'TCP_CSUM',
  'UDP_CSUM',
  'IP_RPFILTER',
  'NEIGH_FAILED',
  'QDISC_DROP',
  'CPU_BACKLOG',
  'XDP',
  'TC_INGRESS',
  'TC_EGRESS',
  'FULL_RING',
  'NOMEM',
]

/** Names what the program counts. */
export interface DropNames {
  /** Length of what is read. */
  readonly cells: number
  /** Gives the counts that are not 0, and those of common reasons, by their names. */
  read(cells: BigUint64Array): ReadonlyMap<string, bigint>
}

/** Names cells: those of reasons, of subsystems, and the last one; what the kernel has no name for by its number. */
export function dropNames(
  { reasons, subsystems }: Pick<DropTypes, 'reasons' | 'subsystems'>,
  sizes: { readonly reasons: number; readonly subsystems: number },
): DropNames {
  const nameOf = (cell: number): string => {
    const subsystem = cell - sizes.reasons
    if (subsystem < 0) return reasons.get(cell) ?? `reason_${cell}`
    if (subsystem === sizes.subsystems) return 'other'
    return `subsystem_${subsystems.get(subsystem) ?? subsystem}`
  }
  const known = new Set(reasons.values())
  const common = COMMON.filter((name) => known.has(name))
  return {
    cells: sizes.reasons + sizes.subsystems + 1,
    read(cells) {
      const counts = new Map(common.map((name) => [name, 0n]))
      for (const [cell, count] of cells.entries()) if (count > 0n) counts.set(nameOf(cell), count)
      return counts
    },
  }
}
