// SPDX-License-Identifier: Apache-2.0
import type { ByteInput } from '../../src/capture/byte-input.ts'
import { type CaptureFileOptions, captureFile } from '../../src/capture/pcap-file.ts'
import { type Window, windowBetween } from '../../src/counters/window.ts'
import type { CaptureError } from '../../src/errors.ts'
import { memoryInput } from './memory-input.ts'

export const SECOND = 1_000_000_000n

/** What a whole capture counts to. */
export interface Counted {
  readonly window: Window
  readonly error: CaptureError | undefined
  /** Every counter and histogram but the wall clock. */
  readonly all: Readonly<Record<string, unknown>>
}

/** Counts a whole capture. */
export async function counted(
  file: Uint8Array | ByteInput,
  options: CaptureFileOptions = {},
): Promise<Counted> {
  const input = file instanceof Uint8Array ? memoryInput(file) : file
  await using source = captureFile('test.pcap', input, options)
  const nothing = source.look()
  const { reading, error } = await source.totals()
  const window = windowBetween(source.catalog, nothing, reading, { start: new Date(0), seconds: 1 })
  const values = [...source.catalog]
    .filter(({ name }) => name !== 'REAL_TIME')
    .map(({ name, kind }) => [
      name,
      kind === 'histogram' ? window.buckets(name) : window.exact(name),
    ])
  return { window, error, all: Object.fromEntries(values) }
}

/** Reads a capture by windows up to its end; what broke it comes last. */
export async function windowsOf(
  file: Uint8Array | ByteInput,
  seconds: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ windows: Window[]; error?: unknown }> {
  const input = file instanceof Uint8Array ? memoryInput(file) : file
  await using source = captureFile('test.pcap', input)
  const windows: Window[] = []
  try {
    for await (const window of source.windows(seconds, signal)) windows.push(window)
  } catch (error) {
    return { windows, error }
  }
  return { windows }
}
