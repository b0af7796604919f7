// SPDX-License-Identifier: Apache-2.0
import type { OpenSums } from '../capture/beside.ts'
import { interfaceDrops } from '../capture/drops/interface-drops.ts'
import { type KernelDrops, openKernelDrops } from '../capture/drops/kernel-drops.ts'
import { readSoftnet } from '../capture/drops/softnet.ts'
import { possibleCpus } from '../capture/kernel.ts'
import type { Catalog } from '../counters/catalog.ts'
import { DROPPED, withDropped } from '../counters/dropped.ts'
import { CaptureError } from '../errors.ts'
import type { WatchedDrops } from '../exporters/watched-drops.ts'
import { loadAddon, loadCatalog } from '../native/binding.ts'
import type { DropsSettings } from '../settings/drops.ts'

/** What is told of drops, and what sources count of them. */
export interface RunDrops extends AsyncDisposable {
  /** The core's counters, and DROPPED where it is counted. */
  readonly catalog: Catalog
  /** Sums of that catalog beside the core's; they come before all others. */
  readonly sums: readonly OpenSums[]
  /** Counters that there are, but not here. */
  readonly lacking: readonly string[]
  /** What is not as it could be, a line each; to be told once sources are open, which may fail for the same cause. */
  readonly notes: readonly string[]
  /** Undefined: nothing is told of drops. */
  readonly watched: WatchedDrops | undefined
}

/** Begins to count what the kernel drops, if the settings and the kernel let it. */
export async function runDrops(
  { enabled }: DropsSettings,
  warn: (line: string) => void,
): Promise<RunDrops> {
  const addon = loadAddon()
  const found = enabled ? await opened(warn) : ''
  const kernel = typeof found === 'string' ? undefined : found
  const at = kernel?.atInterface
  const core = loadCatalog()
  const host = () => ({
    up: kernel !== undefined,
    reasons: kernel?.reasons() ?? new Map<string, bigint>(),
    softnet: readSoftnet(),
  })
  return {
    catalog: at ? withDropped(core) : core,
    sums: at ? [at] : [],
    lacking: at ? [] : [DROPPED.name],
    notes: notesOf(found),
    watched: enabled ? { host, interfaces: (names) => interfaceDrops(addon, names) } : undefined,
    async [Symbol.asyncDispose]() {
      kernel?.close()
    },
  }
}

/** Gives why the kernel's drops cannot be counted, if they cannot. */
async function opened(warn: (line: string) => void): Promise<KernelDrops | string> {
  try {
    return await openKernelDrops(loadAddon(), { cpus: possibleCpus(), warn })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return error.message
  }
}

function notesOf(found: KernelDrops | string): readonly string[] {
  if (typeof found !== 'string') return found.notes
  return found === '' ? [] : [`kernel drops are not counted: ${found}`]
}
