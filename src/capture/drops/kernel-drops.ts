// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../../counters/added-sums.ts'
import { CaptureError } from '../../errors.ts'
import type { Addon, NativeError } from '../../native/binding.ts'
import type { DropsHandle } from '../../native/drops.ts'
import type { OpenSums } from '../beside.ts'
import { effectiveCapabilities, missing } from '../capabilities.ts'
import { kernelAtLeast } from '../kernel.ts'
import { type DropTypes, readDropTypes } from './kernel-types.ts'
import { type DropNames, dropNames } from './names.ts'

/** What the kernel drops on the whole host, for which reasons. */
export interface KernelDrops {
  /** Packets since the opening, by the names of the reasons: those seen so far, and common ones. */
  reasons(): ReadonlyMap<string, bigint>
  /** Counts the drops at an interface, as one sum; undefined: interfaces are not told apart. */
  readonly atInterface: OpenSums | undefined
  /** What is not as it could be, a line each. */
  readonly notes: readonly string[]
  close(): void
}

export interface KernelDropsOptions {
  /** Possible CPUs. */
  readonly cpus: number
  /** Where the kernel describes its types; the running kernel's unless given. */
  readonly types?: string
  readonly warn: (line: string) => void
}

/** Counts drops from now on, once for the whole process; throws a CaptureError when the kernel does not let it. */
export async function openKernelDrops(
  addon: Addon,
  { cpus, types: path, warn }: KernelDropsOptions,
): Promise<KernelDrops> {
  if (!kernelAtLeast(5, 17)) {
    throw new CaptureError('KERNEL_UNSUPPORTED', 'needs Linux 5.17 or later')
  }
  const types = await readDropTypes(addon, path)
  const { handle, isTold } = attached(addon, cpus, types)
  const names: DropNames = dropNames(types, addon.dropSizes())
  const refused =
    'the kernel lets no program read its memory: drops of interfaces are not told apart'
  const notes = [
    ...(types.note === undefined ? [] : [types.note]),
    ...(!isTold && types.offsets.length > 0 ? [refused] : []),
  ]
  return {
    reasons() {
      const cells = new BigUint64Array(names.cells)
      addon.lookDrops(handle, cells)
      return names.read(cells)
    },
    atInterface: isTold
      ? ({ name, target }) => watching(addon, handle, { name, index: target?.ifindex ?? 0, warn })
      : undefined,
    notes,
    close: () => addon.closeDrops(handle),
  }
}

interface Attached {
  readonly handle: DropsHandle
  /** Whether interfaces are told apart. */
  readonly isTold: boolean
}

/* a locked-down kernel takes the program only when it reads no memory (kernel_lockdown(7)) */
function attached(
  addon: Addon,
  cpus: number,
  { ignored, offsets }: Pick<DropTypes, 'ignored' | 'offsets'>,
): Attached {
  const lacking = missing(['BPF', 'PERFMON'], effectiveCapabilities())
  try {
    return { handle: addon.openDrops(cpus, ignored, offsets), isTold: offsets.length > 0 }
  } catch (error) {
    if (lacking.length > 0) {
      throw new CaptureError('CAPABILITY_MISSING', `needs ${lacking.join(' and ')}`)
    }
    const { step, message } = error as NativeError
    if (step === 'BPF_PROG_LOAD' && offsets.length > 0) {
      return attached(addon, cpus, { ignored, offsets: new Uint32Array() })
    }
    throw new CaptureError('BPF_ATTACH', message, { cause: error })
  }
}

function watching(
  addon: Addon,
  handle: DropsHandle,
  { name, index, warn }: { name: string; index: number; warn: (line: string) => void },
): AddedSums {
  const place = addon.watchDrops(handle, index)
  if (place < 0) warn(`${name}: too many interfaces: its drops are not told apart`)
  const counted = (): bigint => (place < 0 ? 0n : addon.watchedDrops(handle, place))
  const base = counted()
  return {
    count: 1,
    read(into) {
      into[0] = counted() - base
    },
    close() {
      if (place >= 0) addon.unwatchDrops(handle, place)
    },
  }
}
