// SPDX-License-Identifier: Apache-2.0
import type { Addon } from '../../native/binding.ts'

/** What an interface counts itself, since it is there (struct rtnl_link_stats64 of linux/if_link.h). */
export interface InterfaceDrops {
  readonly receivedDropped: bigint
  readonly sentDropped: bigint
  readonly receivedErrors: bigint
  readonly sentErrors: bigint
  /** Frames that the device itself had no room for. */
  readonly missed: bigint
  /** Frames that nothing in the kernel took, as on an inactive slave of a bond. */
  readonly unhandled: bigint
}

const NUMBERS = 6
const NONE = 2n ** 64n - 1n

/** Asks the kernel for all of them; those that are gone are left out. */
export function interfaceDrops(
  addon: Addon,
  names: readonly string[],
): ReadonlyMap<string, InterfaceDrops> {
  const indexes = Uint32Array.from(names, (name) => addon.interfaceIndex(name))
  const numbers = new BigUint64Array(NUMBERS * names.length)
  addon.interfaceDrops(indexes, numbers)
  const found = new Map<string, InterfaceDrops>()
  for (const [at, name] of names.entries()) {
    const [
      receivedDropped = NONE,
      sentDropped = NONE,
      receivedErrors = NONE,
      sentErrors = NONE,
      missed = NONE,
      unhandled = NONE,
    ] = numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS)
    if (receivedDropped === NONE) continue
    found.set(name, {
      receivedDropped,
      sentDropped,
      receivedErrors,
      sentErrors,
      missed,
      unhandled,
    })
  }
  return found
}
