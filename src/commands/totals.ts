// SPDX-License-Identifier: Apache-2.0
import { type CaptureFile, openCaptureFile } from '../capture/pcap-file.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { windowBetween } from '../counters/window.ts'
import { CaptureError } from '../errors.ts'
import { countersJson, histogramsJson, type Write } from '../exporters/ndjson.ts'
import { loadCatalog } from '../native/binding.ts'

/** Writes a capture file's line of `--totals`; gives what was wrong with the file, if anything. */
export async function totalsLine(
  file: string,
  write: Write,
  signal: AbortSignal,
): Promise<CaptureError | undefined> {
  const { reading, error } = await totalsOf(file, signal)
  if (!signal.aborted) await write(`${line(file, loadCatalog(), reading, error)}\n`)
  return error
}

async function totalsOf(file: string, signal: AbortSignal): ReturnType<CaptureFile['totals']> {
  try {
    await using source = await openCaptureFile(file)
    return await source.totals(signal)
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { reading: NOTHING, error }
  }
}

const NOTHING: Reading = {
  slots: new BigUint64Array(),
  distinct: new Float64Array(),
  clocks: new BigUint64Array(),
  lost: 0n,
}

function line(file: string, catalog: Catalog, reading: Reading, error?: CaptureError): string {
  const whole = windowBetween(catalog, NOTHING, reading, { start: new Date(0), seconds: 0 })
  return [
    `{"file":${JSON.stringify(file)}`,
    `"packets":${whole.exact('PKTS')}`,
    `"bytes":${whole.exact('BYTES')}`,
    `"error":${JSON.stringify(error?.message ?? null)}`,
    `"counters":${countersJson(whole, catalog)}`,
    `"histograms":${histogramsJson(whole, catalog)}}`,
  ].join()
}
