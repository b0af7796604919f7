// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { type Window, windowBetween } from '../counters/window.ts'
import { CaptureError } from '../errors.ts'
import type { Addon, Handle } from '../native/binding.ts'
import { alignedStart, sleepUntil } from './clock.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { type HandleReader, handleReader } from './handle-reader.ts'
import type { Mode, Source } from './source.ts'
import type { Transmit } from './transmit.ts'

/** What a live source is made of. */
export interface LiveParts {
  readonly addon: Addon
  readonly catalog: () => Catalog
  readonly name: string
  readonly ifindex: number
  readonly mode: Mode
  readonly handle: Handle
  /** What is transmitted, if that is counted; closed with the source. */
  readonly transmit?: Transmit | undefined
  readonly openGroup: (spec: GroupSpec) => GroupTable
  /** Counted beside the core's; closed with the source. */
  readonly added?: readonly AddedSums[]
}

/** A source that counts on its own and is read by the clock; owns the handles. */
export function liveSource(parts: LiveParts): Source {
  const { addon, catalog, name, ifindex, mode, handle, transmit, openGroup, added = [] } = parts
  const reader = directions(
    handleReader(addon, handle, added),
    transmit && handleReader(addon, transmit.handle),
  )
  let before: Reading | undefined
  let opened = Date.now()

  async function close(start: number, end: number, period: number): Promise<Window> {
    const after = await reader.cut()
    /* a first or last window is cut short; a busy program may be late by a little */
    const seconds = Math.max(end - start, 1) / 1000
    const place = { start: new Date(start), seconds, period }
    const window = windowBetween(catalog(), before, after, place)
    before = after
    return window
  }

  return {
    name,
    mode,
    ...(transmit && { transmit: transmit.mode }),
    get catalog() {
      return catalog()
    },
    look: reader.look,
    openGroup,
    async *windows(seconds, signal) {
      const period = Math.round(seconds * 1000)
      let end = alignedStart(opened, seconds) + period
      for (;;) {
        await sleepUntil(end, signal)
        const gone = addon.interfaceIndex(name) !== ifindex
        if (signal.aborted || gone) break
        /* after a stall or a clock set forward the window ends at the last boundary that has passed */
        const due = Math.max(end, alignedStart(Date.now(), seconds))
        yield await close(opened, due, seconds)
        opened = due
        end = due + period
      }
      yield await close(opened, Math.max(Date.now(), opened), seconds)
      if (!signal.aborted) {
        throw new CaptureError('INTERFACE_GONE', `${name}: the interface has vanished.`)
      }
    },
    async [Symbol.asyncDispose]() {
      for (const each of added) each.close()
      addon.close(handle)
      if (transmit) addon.close(transmit.handle)
    },
  }
}

/** Reads what is transmitted with what is received. */
function directions(
  received: HandleReader,
  transmitted: HandleReader | undefined,
): Pick<HandleReader, 'look' | 'cut'> {
  if (!transmitted) return received
  return {
    look: () => ({ ...received.look(), transmit: transmitted.look() }),
    async cut() {
      const [reading, transmit] = await Promise.all([received.cut(), transmitted.cut()])
      return { ...reading, transmit }
    },
  }
}
