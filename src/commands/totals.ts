// SPDX-License-Identifier: Apache-2.0
import { openCaptureFile } from '../capture/pcap-file.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { withUserCounters } from '../counters/user-counters.ts'
import { windowBetween } from '../counters/window.ts'
import { CaptureError } from '../errors.ts'
import { countersJson, histogramsJson, type Write } from '../exporters/ndjson.ts'
import { countGroups, groupTotalsJson } from './group-totals.ts'
import type { Planned } from './run-groups.ts'
import type { RunPlugins } from './run-plugins.ts'

/** Writes a capture file's line of `--totals`; gives what was wrong with the file, if anything. */
export async function totalsLine(
  file: string,
  { planned, plugins, warn }: Counted,
  write: Write,
  signal: AbortSignal,
): Promise<CaptureError | undefined> {
  const totals = await totalsOf(file, { planned, plugins, warn }, signal)
  const catalog = withUserCounters(plugins.catalog, planned.filters.placed.counters)
  if (!signal.aborted) await write(`${line(file, catalog, totals)}\n`)
  return totals.error
}

/** What is counted of a file. */
export interface Counted {
  readonly planned: Planned
  readonly plugins: RunPlugins
  readonly warn: (line: string) => void
}

interface Totals {
  readonly reading: Reading
  /** JSON of the groups. */
  readonly groups: string
  readonly error?: CaptureError
}

async function totalsOf(
  file: string,
  { planned, plugins, warn }: Counted,
  signal: AbortSignal,
): Promise<Totals> {
  try {
    const own = await plugins.at(file, { info: () => undefined, warn })
    const beside = { ...own.beside, filters: planned.filters }
    await using source = await openCaptureFile(file, beside)
    const groups = countGroups(source, planned, own.groups)
    const totals = await source.totals(signal)
    return { ...totals, groups: groupTotalsJson(groups, planned) }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { reading: NOTHING, groups: '{}', error }
  }
}

const NOTHING: Reading = {
  slots: new BigUint64Array(),
  distinct: new Float64Array(),
  clocks: new BigUint64Array(),
  lost: 0n,
}

function line(file: string, catalog: Catalog, { reading, groups, error }: Totals): string {
  const whole = windowBetween(catalog, NOTHING, reading, { start: new Date(0), seconds: 0 })
  return [
    `{"file":${JSON.stringify(file)}`,
    `"packets":${whole.exact('PKTS')}`,
    `"bytes":${whole.exact('BYTES')}`,
    `"error":${JSON.stringify(error?.message ?? null)}`,
    `"counters":${countersJson(whole, catalog)}`,
    `"histograms":${histogramsJson(whole, catalog)}`,
    `"groups":${groups}}`,
  ].join()
}
