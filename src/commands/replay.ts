// SPDX-License-Identifier: Apache-2.0
import { withLongerWindows } from '../capture/longer-windows.ts'
import { openCaptureFile } from '../capture/pcap-file.ts'
import { withUserCounters } from '../counters/user-counters.ts'
import { CaptureError } from '../errors.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { createMonitors } from '../monitor/by-length.ts'
import { run } from '../run.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { batched } from './batched.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { openSink } from './replay-sink.ts'
import { type Planned, planGroups } from './run-groups.ts'
import { type RunPlugins, runPlugins } from './run-plugins.ts'
import { chosenStatistics } from './statistics.ts'
import { totalsLine } from './totals.ts'
import type { WarmStart } from './warm-start.ts'

type Format = 'ndjson' | 'table' | 'openmetrics'

export interface ReplayOptions {
  /** Paths, or `-` for standard input. */
  readonly files: readonly string[]
  /** One object a file over the whole of it, instead of windows. */
  readonly totals: boolean
  readonly format: Format
  /** A Prometheus rule file, to print when its alerts would have fired instead. */
  readonly rules?: string
  /** Only these statistics. */
  readonly statistics?: readonly string[]
  /** Where to keep what the detectors learn, for `run` to go on from. */
  readonly saveState?: string
  readonly settings: Settings
}

/** Counts capture files, each by itself; a bad one is reported and the next one follows. */
export async function replayCommand(options: ReplayOptions, io: Io): Promise<ExitCode> {
  const { settings: own, statistics: names } = options
  const statistics = await chosenStatistics(own, names, { transmit: false })
  const { saveState, settings } = options
  const warmStart = saveState === undefined ? undefined : await warmStartAt(saveState, settings)
  const warn = (line: string): void => io.err(`pktspot: ${line}`)
  const planned = withoutTransmit(await planGroups(settings, { warn }))
  const plugins = await runPlugins(settings)
  const catalog = withUserCounters(plugins.catalog, planned.filters.placed.counters)
  const output = batched((text) => io.out(text))
  await using sink = await openSink({ ...options, statistics, catalog }, output.write, io)
  let code: ExitCode = EXIT.good
  for (const file of options.files) {
    if (io.signal.aborted) break
    const error = await (options.totals
      ? totalsLine(file, { planned, plugins, warn }, output.write, io.signal)
      : replayFile(
          file,
          { settings, statistics, planned, plugins, warmStart, warn, exporter: sink.exporter },
          io,
        ))
    await output.flush()
    if (!error) continue
    io.err(`pktspot: ${error.message}`)
    code = EXIT.failed
  }
  await sink.finish()
  await output.flush()
  await warmStart?.save()
  return code
}

/* a capture file does not tell which of its frames left */
function withoutTransmit(planned: Planned): Planned {
  const isCounted = ({ direction }: { direction?: string }): boolean => direction !== 'transmit'
  return {
    ...planned,
    enabled: planned.enabled.filter(isCounted),
    counted: planned.counted.filter(({ spec }) => isCounted(spec)),
  }
}

async function replayFile(
  file: string,
  {
    statistics,
    warmStart,
    settings,
    planned,
    plugins,
    warn,
    exporter,
  }: Pick<ReplayOptions, 'settings'> & {
    readonly statistics: readonly Statistic[]
    readonly warmStart: WarmStart | undefined
    readonly planned: Planned
    readonly plugins: RunPlugins
    readonly warn: (line: string) => void
    readonly exporter: Exporter
  },
  io: Io,
): Promise<CaptureError | undefined> {
  try {
    const { beside } = await plugins.at(file, { info: () => undefined, warn })
    await using source = await openCaptureFile(file, { ...beside, filters: planned.filters })
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
      warn,
    })
    const windows = withLongerWindows(source, periods)
    await run(windows, observe, [exporter], { seconds: period, signal: io.signal })
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return error
  }
  return undefined
}

/* the compiler leaves an import as it is where the function has an `await using` */
async function warmStartAt(directory: string, settings: Settings): Promise<WarmStart> {
  const { openWarmStart } = await import('./warm-start.ts')
  return openWarmStart(directory, settings)
}
