// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import type { Addon } from '../native/binding.ts'

/** Bits of linux/capability.h. */
const BITS = { NET_ADMIN: 12n, NET_RAW: 13n, SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const

export type Capability = keyof typeof BITS

/** Reads the effective capabilities of the program (proc(5), CapEff). */
export function effectiveCapabilities(): ReadonlySet<Capability> {
  const mask =
    /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return namesIn(BigInt(`0x${mask}`))
}

/**
 * Gives up all capabilities but these, in every thread and for good; programs started later have these only if `inherited`.
 * Gives those that are left. Throws NativeError.
 */
export function keepOnly(
  addon: Addon,
  kept: readonly Capability[],
  inherited = false,
): ReadonlySet<Capability> {
  const mask = kept.reduce((mask, name) => mask | (1n << BITS[name]), 0n)
  return namesIn(addon.keepCapabilities(mask, inherited))
}

/** Names those of `wanted` that are missing; SYS_ADMIN stands for BPF and PERFMON, as before Linux 5.8. */
export function missing(wanted: readonly Capability[], have: ReadonlySet<Capability>): string[] {
  return wanted
    .filter((name) => !have.has(name))
    .filter((name) => !(have.has('SYS_ADMIN') && (name === 'BPF' || name === 'PERFMON')))
    .map((name) => `CAP_${name}`)
}

function namesIn(mask: bigint): ReadonlySet<Capability> {
  const names = Object.keys(BITS) as Capability[]
  return new Set(names.filter((name) => mask & (1n << BITS[name])))
}
