// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import type { Reading } from '../counters/reading.ts'
import { withUserCounters } from '../counters/user-counters.ts'
import { windowBetween } from '../counters/window.ts'
import type { CaptureError } from '../errors.ts'
import { loadAddon, loadCatalog } from '../native/binding.ts'
import { type Beside, openAll } from './beside.ts'
import { type ByteInput, openByteInput } from './byte-input.ts'
import { captureCounter } from './capture-counter.ts'
import { handleReader } from './handle-reader.ts'
import { groupOpener } from './open-group.ts'
import { pieceReader } from './piece-reader.ts'
import type { Source } from './source.ts'
import { openFilters } from './source-filters.ts'
import { unpackedInput } from './unpacked-input.ts'

/** A capture file, whose windows follow the packets' times; it is read once, by `windows` or by `totals`. */
export interface CaptureFile extends Source {
  /** Counts the whole file as one window; of a broken file the packets before the defect. */
  totals(signal?: AbortSignal): Promise<{ reading: Reading; error?: CaptureError }>
}

export interface CaptureFileOptions extends Beside {
  /** Seed of the hashes; fixed by default, so that a replay repeats exactly. */
  readonly seed?: bigint
  /** Tables that the packets are dealt to, as if so many CPUs had counted them; 1 by default. */
  readonly tables?: number
  /** HyperLogLog precision p: standard error 1.04 / sqrt(2^p); the highest by default. */
  readonly bits?: number
}

const SEED = 0x6a09e667f3bcc908n
const NEVER = 2n ** 64n - 1n
const MILLISECOND = 1_000_000n
const HOUR = 3600n * 1000n * MILLISECOND

/** Windows after which other events get their turn. */
const TURN = 256

/** Opens a capture file (pcap or pcapng, also within gzip) or `-`, standard input; throws PCAP_OPEN. */
export async function openCaptureFile(
  path: string,
  options: CaptureFileOptions = {},
): Promise<CaptureFile> {
  return captureFile(path === '-' ? 'stdin' : path, await openByteInput(path), options)
}

/** Makes a source of a capture file's bytes; owns the input. */
export function captureFile(
  name: string,
  input: ByteInput,
  options: CaptureFileOptions = {},
): CaptureFile {
  const addon = loadAddon()
  const { sums = [], filters } = options
  const catalog = withUserCounters(options.catalog ?? loadCatalog(), filters?.placed.counters ?? [])
  const { seed = SEED, tables = 1, bits = addon.sizes(0).bitsMax } = options
  const handle = addon.openCapture(tables, bits, seed)
  const unpacked = unpackedInput(input)
  const pieces = pieceReader(unpacked)
  const sources = openAll(sums, { addon, handle, name, mode: 'pcap-file' })
  const tried = filters && filters.filters.length > 0 ? [openFilters({ handle }, filters)] : []
  const added = [...sources, ...tried]
  const countUntil = captureCounter(name, addon, handle, pieces, added)
  const reader = handleReader(addon, handle, added)

  return {
    name,
    mode: 'pcap-file',
    catalog,
    look: reader.look,
    openGroup: groupOpener(name, addon, handle),
    async totals(signal) {
      using _ = stopping(unpacked, signal)
      const { error } = await countUntil(NEVER, signal)
      return { reading: reader.cutNow(), ...(error && { error }) }
    },
    async *windows(seconds, signal) {
      using _ = stopping(unpacked, signal)
      const period = BigInt(Math.round(seconds * 1000)) * MILLISECOND
      let before = reader.look()
      let stop = await countUntil(0n, signal)
      let end = 0n
      for (let count = 0; stop.at === 'boundary' && !signal.aborted; ) {
        const start = stop.time - (stop.time % period)
        const late = count > 0 && end < start
        const gap = late && stop.time - stop.latest > HOUR && { from: date(end), to: date(start) }
        const { slots, clocks, lost } = before
        const idle = { slots, clocks, lost, distinct: new Float64Array(before.distinct.length) }
        for (let at = late && !gap ? end : start; at < start && !signal.aborted; at += period) {
          yield windowBetween(catalog, idle, idle, { start: date(at), seconds })
          if (++count % TURN === 0) await turn()
        }
        if (signal.aborted) return
        end = start + period
        stop = await countUntil(end, signal)
        const after = reader.cutNow()
        const at = { start: date(start), seconds, ...(gap && { gap }) }
        yield windowBetween(catalog, before, after, at)
        before = after
        if (++count % TURN === 0) await turn()
      }
      if (stop.error) throw stop.error
    },
    async [Symbol.asyncDispose]() {
      await pieces[Symbol.asyncDispose]()
      for (const each of added) each.close()
      addon.close(handle)
    },
  }
}

/** Ends a read that waits as soon as the signal aborts. */
function stopping(input: ByteInput, signal: AbortSignal | undefined): Disposable {
  const stop = (): void => input.stop()
  signal?.addEventListener('abort', stop, { once: true })
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', stop) }
}

function date(ns: bigint): Date {
  return new Date(Number(ns / MILLISECOND))
}
