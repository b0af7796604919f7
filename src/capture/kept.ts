// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { CaptureError } from '../errors.ts'
import type { Mode, Source } from './source.ts'

/** Milliseconds between tries to open an interface that has vanished. */
const RETRY = 1000

export interface KeptOptions {
  /** Opens the source anew; a CaptureError means: not yet. */
  reopen(): Source
  /** Told once when the source is lost and once when it is back. */
  onChange(event: { up: boolean; mode: Mode; reason?: string }): void
}

/** A source that survives its interface: totals go on from where they were when it comes back. */
export interface KeptSource extends Source {
  readonly up: boolean
  readonly reattachments: number
}

/** Keeps a source: when its interface vanishes, tries to open it anew until the signal aborts. */
export function keptSource(first: Source, { reopen, onChange }: KeptOptions): KeptSource {
  const { name, catalog }: { name: string; catalog: Catalog } = first
  let source: Source | undefined = first
  let mode = first.mode
  let reattachments = 0
  let base: Reading | undefined

  const look = (): Reading => {
    if (!source) return base as Reading
    return base ? sum(base, source.look()) : source.look()
  }
  async function lose(reason: string): Promise<void> {
    base = look()
    const lost = source
    source = undefined
    await lost?.[Symbol.asyncDispose]()
    onChange({ up: false, mode, reason })
  }
  function find(): void {
    try {
      source = reopen()
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      return
    }
    mode = source.mode
    reattachments++
    onChange({ up: true, mode })
  }

  return {
    name,
    catalog,
    look,
    get mode() {
      return mode
    },
    get up() {
      return source !== undefined
    },
    get reattachments() {
      return reattachments
    },
    async *windows(seconds, signal) {
      while (!signal.aborted) {
        if (source) {
          try {
            yield* source.windows(seconds, signal)
          } catch (error) {
            if (!(error instanceof CaptureError) || error.code !== 'INTERFACE_GONE') throw error
            await lose(error.message)
          }
        } else {
          await sleep(RETRY, undefined, { signal }).catch(() => undefined)
          if (!signal.aborted) find()
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await source?.[Symbol.asyncDispose]()
    },
  }
}

function sum(base: Reading, now: Reading): Reading {
  return {
    slots: now.slots.map((slot, index) => slot + (base.slots[index] ?? 0n)),
    distinct: now.distinct,
    clocks: now.clocks.map((clock, index) => clock || (base.clocks[index] ?? 0n)),
    lost: now.lost + base.lost,
  }
}
