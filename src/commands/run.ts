// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import { chooseInterfaces } from '../capture/choose.ts'
import { type KeptSource, keptSource } from '../capture/kept.ts'
import { withLongerWindows } from '../capture/longer-windows.ts'
import { type Opened, openInterface } from '../capture/open.ts'
import type { Exporter } from '../exporters/exporter.ts'
import {
  createPrometheusExporter,
  type PrometheusExporter,
} from '../exporters/prometheus/exporter.ts'
import { createLogger } from '../log.ts'
import { createMonitors } from '../monitor/by-length.ts'
import { expectedFalseAlarmsPerDay } from '../monitor/expected.ts'
import { openNodeMemory } from '../monitor/state/node-memory.ts'
import { loadAddon, loadCatalog } from '../native/binding.ts'
import { run } from '../run.ts'
import { parseListenAddress } from '../server/address.ts'
import { createServer } from '../server/server.ts'
import { windowPeriods } from '../settings/capture.ts'
import { type Settings, schema } from '../settings/settings.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { chosenStatistics } from './statistics.ts'
import { version } from './version.ts'

/** Counts on the interfaces, watches their statistics and serves metrics until the signal aborts. */
export async function runCommand(
  settings: Settings,
  options: { statistics?: readonly string[] },
  io: Io,
): Promise<ExitCode> {
  const log = createLogger(settings.log)
  const statistics = await chosenStatistics(settings, options.statistics)
  const names = chooseInterfaces(loadAddon(), settings.interfaces)
  const periods = windowPeriods(settings)
  await using memory = await openNodeMemory({
    ...settings.state,
    interfaces: names,
    spot: settings.spot,
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
  })
  const monitors = names.map((name) =>
    createMonitors({
      statistics,
      catalog: loadCatalog(),
      spot: settings.spot,
      periods,
      sources: names.length,
      warn: (line) => log.warn({ interface: name }, line),
      detectorOf: memory.detectorOf(name),
    }),
  )
  const sources: KeptSource[] = []
  await using _sources = disposeAll(sources)
  for (const name of names) sources.push(keep(name, settings, names.length, log))
  const expected = new Map<string, number>()
  await using prometheus = createPrometheusExporter({
    sources,
    statistics,
    base: settings.period,
    periods,
    version: version(),
    expectedFalseAlarmsPerDay: () => [...expected.values()].reduce((sum, each) => sum + each, 0),
    memory: memory.standing,
  })
  await using server = await serve(settings, prometheus, log)
  for (const address of server.addresses) log.info({ address }, 'listening')
  memory.begin()

  const exporters: readonly Exporter[] = [prometheus]
  const failed = new AbortController()
  const signal = AbortSignal.any([io.signal, failed.signal])
  const runs = sources.map((source, index) =>
    run(
      withLongerWindows(source, periods),
      (window) => {
        const samples = monitors[index]?.(window) ?? []
        const alarms = expectedFalseAlarmsPerDay(samples, window.period)
        expected.set(`${source.name} ${window.period}`, alarms)
        return samples
      },
      exporters,
      { seconds: settings.period, signal },
    ).catch((error: unknown) => {
      failed.abort()
      throw error
    }),
  )
  const ends = await Promise.allSettled(runs)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  log.info('stopped')
  return EXIT.good
}

/** Disposes of what the list holds by then, so that a later opening that fails closes the earlier ones. */
function disposeAll(list: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(list.map((each) => each[Symbol.asyncDispose]()))
    },
  }
}

function keep(name: string, settings: Settings, shares: number, log: Logger): KeptSource {
  const open = (): Opened => {
    const opened = openInterface(name, {
      source: settings.source,
      budgetBytes: Math.floor(settings.kernel_memory / shares),
    })
    const { source, layout, passedOver } = opened
    log.info(
      { interface: name, mode: source.mode, table_bytes: layout.bytes, passed_over: passedOver },
      `counting packets on ${name} by ${source.mode}${passedOver.length > 0 ? ` (${passedOver.join('; ')})` : ''}`,
    )
    return opened
  }
  return keptSource(open().source, {
    reopen: () => open().source,
    onChange: ({ up, reason }) => {
      if (!up) log.warn({ interface: name }, `${reason} Trying every second to find it again.`)
    },
  })
}

function serve(settings: Settings, metrics: PrometheusExporter, log: Logger) {
  const usual = JSON.stringify(schema.web.listen_address.default)
  const optional = JSON.stringify(settings.web.listen_address) === usual
  return createServer({
    addresses: settings.web.listen_address.map((address) => parseListenAddress(address, optional)),
    telemetryPath: settings.web.telemetry_path,
    metrics,
    version: version(),
    latest: metrics.latest,
    warn: (line) => log.warn(line),
  })
}
