// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { DropsAddon, NativeDropTypes, NativeName } from '../../native/drops.ts'

/** Where the running kernel describes its types (Documentation/bpf/btf.rst). */
export const KERNEL_TYPES = '/sys/kernel/btf/vmlinux'

const REASON = 'SKB_DROP_REASON_'
const SUBSYSTEM = `${REASON}SUBSYS_`

/** What the kernel's types say of drops. */
export interface DropTypes {
  /** Names of reasons by their numbers, without what they have in common. */
  readonly reasons: ReadonlyMap<number, string>
  /** Names of the subsystems that have reasons of their own, likewise. */
  readonly subsystems: ReadonlyMap<number, string>
  /** Bits of numbers below 64 that are no drops. */
  readonly ignored: bigint
  /** How the program finds a packet's interface (`DropsAddon.openDrops`); empty: it cannot. */
  readonly offsets: Uint32Array
  /** What is missing, in one line. */
  readonly note?: string
}

const UNKNOWN: DropTypes = {
  reasons: new Map(),
  subsystems: new Map(),
  ignored: 0n,
  offsets: new Uint32Array(),
}

/** Reads the types of the running kernel; without them reasons are numbers, and interfaces are not told apart. */
export async function readDropTypes(addon: DropsAddon, path = KERNEL_TYPES): Promise<DropTypes> {
  const without = 'reasons of drops have numbers for names, and interfaces are not told apart'
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { ...UNKNOWN, note: `${path} cannot be read (${code}): ${without}` }
  }
  const types = addon.dropTypes(bytes)
  if (!types || types.reasons.length === 0) {
    return { ...UNKNOWN, note: `${path} does not describe drops: ${without}` }
  }
  const offsets = offsetsOf(types)
  return {
    reasons: named(types.reasons, REASON),
    subsystems: named(types.subsystems, SUBSYSTEM),
    ignored: bits(types.reasons.filter(({ name }) => !name.startsWith(REASON))),
    offsets,
    ...(offsets.length === 0 && {
      note: `${path} does not say where packets have their interface: drops of interfaces are not told apart`,
    }),
  }
}

/* a network namespace's number is its inode's (namespaces(7)) */
function offsetsOf({ device, index, namespace, number }: NativeDropTypes): Uint32Array {
  const offsets = [device, index, namespace, number]
  if (offsets.some((each) => each < 0)) return new Uint32Array()
  return Uint32Array.from([...offsets, statSync('/proc/self/ns/net').ino])
}

function named(names: readonly NativeName[], prefix: string): ReadonlyMap<number, string> {
  const own = names.filter(({ name }) => name.startsWith(prefix))
  return new Map(own.map(({ number, name }) => [number, name.slice(prefix.length)]))
}

function bits(names: readonly NativeName[]): bigint {
  return names
    .filter(({ number }) => number < 64)
    .reduce((mask, { number }) => mask | (1n << BigInt(number)), 0n)
}
