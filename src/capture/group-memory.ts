// SPDX-License-Identifier: Apache-2.0
import { CaptureError } from '../errors.ts'
import type { Addon } from '../native/binding.ts'
import { groupNumbers } from './group-numbers.ts'
import type { GroupSpec } from './group-table.ts'

/** Fewest candidates a CPU that still find the greatest keys. */
const TRACKED_LEAST = 64

/** Least HyperLogLog precision: a standard error of 6.5 %. */
const UNIQUE_BITS_LEAST = 8

/** A spec and the kernel's memory for it. */
export interface Fitted {
  readonly spec: GroupSpec
  readonly bytes: number
}

/** The kernel's memory of a group that is counted on so many CPUs. */
export function groupBytes(addon: Addon, spec: GroupSpec, cpus: number): number {
  return addon.groupBytes(groupNumbers(spec), spec.classes ?? new Uint8Array(), cpus)
}

/** A group that takes less: half its candidates, then a bit less of precision; undefined when there is none. */
function smaller(spec: GroupSpec): GroupSpec | undefined {
  if (spec.tracked >= 2 * TRACKED_LEAST) return { ...spec, tracked: Math.floor(spec.tracked / 2) }
  const { uniques, uniqueBits } = spec
  if (uniques.length === 0 || uniqueBits <= UNIQUE_BITS_LEAST) return undefined
  return { ...spec, uniqueBits: uniqueBits - 1 }
}

/** Makes a group smaller until it fits; throws MEMORY_BUDGET when the smallest does not. */
export function fittedSpec(
  addon: Addon,
  wanted: GroupSpec,
  room: { bytes: number; cpus: number },
): Fitted {
  const [fitted] = fittedSpecs(addon, [wanted], room)
  return fitted ?? { spec: wanted, bytes: 0 }
}

/** Makes those groups smaller that take the most until all fit together; throws MEMORY_BUDGET likewise. */
export function fittedSpecs(
  addon: Addon,
  wanted: readonly GroupSpec[],
  { bytes: budget, cpus }: { bytes: number; cpus: number },
): Fitted[] {
  const fitted = wanted.map((spec) => ({ spec, bytes: groupBytes(addon, spec, cpus) }))
  for (;;) {
    const bytes = fitted.reduce((sum, each) => sum + each.bytes, 0)
    if (bytes <= budget) return fitted
    const largest = fitted
      .map((each) => ({ each, next: smaller(each.spec) }))
      .toSorted((a, b) => b.each.bytes - a.each.bytes)
      .find(({ next }) => next)
    if (!largest?.next) throw tooLittle(bytes, budget, cpus)
    largest.each.spec = largest.next
    largest.each.bytes = groupBytes(addon, largest.next, cpus)
  }
}

function tooLittle(bytes: number, budget: number, cpus: number): CaptureError {
  return new CaptureError(
    'MEMORY_BUDGET',
    `kernel_memory: ${budget} bytes are left for counter groups, which need at least ${bytes} on ${cpus} CPUs; raise it, or remove some of counter_groups`,
  )
}
