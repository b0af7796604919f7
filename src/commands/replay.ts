// SPDX-License-Identifier: Apache-2.0
import { withLongerWindows } from '../capture/longer-windows.ts'
import { openCaptureFile } from '../capture/pcap-file.ts'
import { CaptureError } from '../errors.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { createNdjsonExporter, type Write } from '../exporters/ndjson.ts'
import { createTableExporter } from '../exporters/table.ts'
import { createMonitors } from '../monitor/by-length.ts'
import { run } from '../run.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { batched } from './batched.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { chosenStatistics } from './statistics.ts'
import { totalsLine } from './totals.ts'
import type { WarmStart } from './warm-start.ts'

export interface ReplayOptions {
  /** Paths, or `-` for standard input. */
  readonly files: readonly string[]
  /** One object a file over the whole of it, instead of windows. */
  readonly totals: boolean
  readonly format: 'ndjson' | 'table'
  /** Only these statistics. */
  readonly statistics?: readonly string[]
  /** Where to keep what the detectors learn, for `run` to go on from. */
  readonly saveState?: string
  readonly settings: Settings
}

/** Counts capture files, each by itself; a bad one is reported and the next one follows. */
export async function replayCommand(options: ReplayOptions, io: Io): Promise<ExitCode> {
  const statistics = await chosenStatistics(options.settings, options.statistics)
  const { saveState, settings } = options
  const warmStart =
    saveState === undefined
      ? undefined
      : (await import('./warm-start.ts')).openWarmStart(saveState, settings)
  const output = batched((text) => io.out(text))
  let code: ExitCode = EXIT.good
  for (const file of options.files) {
    if (io.signal.aborted) break
    const error = await (options.totals
      ? totalsLine(file, output.write, io.signal)
      : replayFile(file, { ...options, statistics, warmStart }, output.write, io))
    await output.flush()
    if (!error) continue
    io.err(`pktspot: ${error.message}`)
    code = EXIT.failed
  }
  await warmStart?.save()
  return code
}

async function replayFile(
  file: string,
  {
    statistics,
    warmStart,
    format,
    settings,
  }: Pick<ReplayOptions, 'format' | 'settings'> & {
    readonly statistics: readonly Statistic[]
    readonly warmStart: WarmStart | undefined
  },
  write: Write,
  io: Io,
): Promise<CaptureError | undefined> {
  try {
    await using source = await openCaptureFile(file)
    const { catalog } = source
    const { period, spot } = settings
    const periods = windowPeriods(settings)
    const observe = createMonitors({
      statistics,
      catalog,
      spot,
      periods,
      sources: 1,
      detectorOf: warmStart?.detectorOf,
      warn: (line) => io.err(`pktspot: ${line}`),
    })
    await using exporter: Exporter =
      format === 'table'
        ? createTableExporter({ statistics, write })
        : createNdjsonExporter({ catalog, write })
    const windows = withLongerWindows(source, periods)
    await run(windows, observe, [exporter], { seconds: period, signal: io.signal })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return error
  }
  return undefined
}
