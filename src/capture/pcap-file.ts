// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import type { Reading } from '../counters/reading.ts'
import { type Window, windowBetween } from '../counters/window.ts'
import type { CaptureError } from '../errors.ts'
import { type Addon, type Handle, loadAddon, loadCatalog } from '../native/binding.ts'
import { type ByteInput, openByteInput } from './byte-input.ts'
import { defectError, readError } from './capture-defect.ts'
import { handleReader } from './handle-reader.ts'
import { type PieceReader, pieceReader } from './piece-reader.ts'
import type { Source } from './source.ts'

/** A capture file as a source, whose windows follow the packets' times; it is read once, by `windows` or `totals`. */
export interface CaptureFile extends Source {
  /** Counts the whole file as one window; a broken file's packets before the defect are in the reading. */
  totals(signal?: AbortSignal): Promise<{ reading: Reading; error?: CaptureError }>
}

export interface CaptureFileOptions {
  /** Seed of the hashes; fixed by default, so that a replay can be repeated. */
  readonly seed?: bigint
  /** Tables that the packets are dealt to, as if so many CPUs had counted. */
  readonly tables?: number
  /** HyperLogLog precision p: standard error 1.04 / sqrt(2^p). */
  readonly bits?: number
  /** Bytes read at a time. */
  readonly pieceBytes?: number
}

const SEED = 0x6a09e667f3bcc908n
const NEVER = 2n ** 64n - 1n
const SECOND = 1_000_000_000n
const HOUR = 3600n * SECOND

/** Windows after which other events get their turn. */
const TURN = 256

/** Opens a capture file (pcap or pcapng, also in gzip) or `-`, standard input; throws PCAP_OPEN. */
export async function openCaptureFile(
  path: string,
  options: CaptureFileOptions = {},
): Promise<CaptureFile> {
  return captureFile(path === '-' ? 'stdin' : path, await openByteInput(path), options)
}

/** Makes a source of a capture file's bytes, which it owns. */
export function captureFile(
  name: string,
  input: ByteInput,
  options: CaptureFileOptions = {},
): CaptureFile {
  const addon = loadAddon()
  const { seed = SEED, tables = 1, bits = addon.sizes(0).bitsMax, pieceBytes } = options
  const catalog = loadCatalog()
  const handle = addon.openCapture(tables, bits, seed)
  const pieces = pieceReader(input, pieceBytes)
  const reader = handleReader(addon, handle)
  const advance = advancer(name, addon, handle, pieces)

  return {
    name,
    mode: 'pcap-file',
    catalog,
    look: reader.look,
    async totals(signal) {
      using _ = stopping(input, signal)
      const { error } = await advance(NEVER, signal)
      return { reading: reader.cutNow(), ...(error && { error }) }
    },
    async *windows(seconds, signal) {
      using _ = stopping(input, signal)
      const period = BigInt(Math.round(seconds * 1000)) * (SECOND / 1000n)
      const window = (at: bigint, from: Reading, to: Reading, gap?: Window['gap']): Window =>
        windowBetween(catalog, from, to, { start: date(at), seconds, ...(gap && { gap }) })
      let before = reader.look()
      let stop = await advance(0n, signal)
      let end: bigint | undefined
      let gap: Window['gap']
      for (let count = 1; stop.at === 'boundary'; ) {
        const start = stop.time - (stop.time % period)
        if (end !== undefined && end < start) {
          if (stop.time - stop.latest > HOUR) {
            gap = { from: date(end), to: date(start) }
            end = start
          }
          const idle = { ...before, distinct: new Float64Array(before.distinct.length) }
          for (; end < start && !signal.aborted; end += period) {
            yield window(end, idle, idle)
            if (count++ % TURN === 0) await turn()
          }
          if (signal.aborted) return
        }
        end = start + period
        stop = await advance(end, signal)
        const after = reader.cutNow()
        yield window(start, before, after, gap)
        gap = undefined
        before = after
        if (count++ % TURN === 0) await turn()
        if (signal.aborted) return
      }
      if (stop.error) throw stop.error
    },
    async [Symbol.asyncDispose]() {
      await pieces[Symbol.asyncDispose]()
      addon.close(handle)
    },
  }
}

/** Where counting stopped: before a packet of a later window, or for good. */
type Stop =
  | { readonly at: 'boundary'; readonly time: bigint; readonly latest: bigint; error?: never }
  | { readonly at: 'end'; readonly error?: CaptureError }

/** Makes the function that counts all packets before a time. */
function advancer(name: string, addon: Addon, handle: Handle, pieces: PieceReader) {
  return async (until: bigint, signal: AbortSignal | undefined): Promise<Stop> => {
    for (;;) {
      const { bytes, from, to, last } = pieces
      const fed = addon.feedCapture(handle, bytes, from, to, until, last)
      pieces.from = fed.from
      if (fed.stop === 'boundary') return { at: 'boundary', time: fed.time, latest: fed.latest }
      if (fed.stop === 'defect') return { at: 'end', error: defectError(name, fed) }
      if (last) return { at: 'end' }
      try {
        await pieces.more(fed.need)
      } catch (error) {
        if (signal?.aborted) return { at: 'end' }
        return { at: 'end', error: readError(name, pieces.total, error) }
      }
      if (signal?.aborted) return { at: 'end' }
    }
  }
}

/** Ends a read that waits when the signal aborts. */
function stopping(input: ByteInput, signal: AbortSignal | undefined): Disposable {
  const stop = () => input.stop()
  signal?.addEventListener('abort', stop, { once: true })
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', stop) }
}

function date(ns: bigint): Date {
  return new Date(Number(ns / 1_000_000n))
}
