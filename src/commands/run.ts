// SPDX-License-Identifier: Apache-2.0
import { chooseInterfaces } from '../capture/choose.ts'
import type { KeptSource } from '../capture/kept.ts'
import { withLongerWindows } from '../capture/longer-windows.ts'
import { PktspotError } from '../errors.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { createHistory } from '../exporters/history.ts'
import type { OtlpEnvironment } from '../exporters/otlp/environment.ts'
import { createPrometheusExporter } from '../exporters/prometheus/exporter.ts'
import { RELOAD_BLOCKS } from '../exporters/reload-families.ts'
import { type Told, told } from '../exporters/told.ts'
import { startGuard } from '../guard/start.ts'
import { createWatchdog } from '../guard/watchdog.ts'
import { openLog } from '../log.ts'
import { openNodeMemory } from '../monitor/state/node-memory.ts'
import { loadAddon } from '../native/binding.ts'
import { run } from '../run.ts'
import { checkWebConfig } from '../server/web-config/kept.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { createReloader } from './reload.ts'
import { logChange } from './reload-log.ts'
import { runDrops } from './run-drops.ts'
import { catalogWith } from './run-filters.ts'
import { planGroups, runGroups } from './run-groups.ts'
import { otlpTarget, pushTo } from './run-otlp.ts'
import { pluginsTold, runPlugins, type SourcePlugins } from './run-plugins.ts'
import { giveUpRights } from './run-rights.ts'
import { serve } from './run-server.ts'
import { openKeptSource } from './run-sources.ts'
import { runWatch } from './run-watch.ts'
import { version } from './version.ts'

export interface RunOptions {
  /** Only these statistics. */
  readonly statistics?: readonly string[]
  /** Reads the settings again; throws SETTINGS with every mistake. */
  read(): Promise<Settings>
}

/** Counts on the interfaces, watches their statistics and serves metrics until the signal aborts. */
export async function runCommand(
  settings: Settings,
  options: RunOptions,
  io: Io,
): Promise<ExitCode> {
  const start = new Date()
  const changeable = openLog(settings.log)
  const log = changeable.logger
  const failed = new AbortController()
  const signal = AbortSignal.any([io.signal, failed.signal])
  const reloader = createReloader({
    settings,
    signal,
    log,
    async read() {
      const next = await options.read()
      await targetOf(next, io)
      return next
    },
  })
  /* what is wrong is logged */
  io.onReload(() => void reloader.reload().catch(() => undefined))
  const target = await targetOf(settings, io)
  const names = chooseInterfaces(loadAddon(), settings.interfaces)
  const periods = windowPeriods(settings)
  await using drops = await runDrops(settings.drops, (line) => log.warn(line))
  const plugins = await runPlugins(settings, drops.catalog)
  await using memory = await openNodeMemory({
    ...settings.state,
    interfaces: names,
    spot: settings.spot,
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
  })
  const watch = await runWatch({
    settings,
    only: options.statistics,
    names,
    lacking: drops.lacking,
    catalog: ({ counters }) => catalogWith(plugins.catalog, counters),
    memory,
    log,
  })
  const sources: KeptSource[] = []
  await using _sources = disposeAll(sources)
  const warn = (line: string): void => log.warn(line)
  const planned = await planGroups(settings, { warn })
  const specs = planned.counted.map(({ spec }) => spec)
  const own = new Map<string, SourcePlugins>()
  for (const name of names) {
    const plugged = await plugins.at(name, log.child({ interface: name }))
    own.set(name, plugged)
    const sums = [...drops.sums, ...plugged.beside.sums]
    const beside = { ...plugged.beside, sums, filters: planned.filters }
    const shares = names.length
    sources.push(await openKeptSource(name, { settings, shares, groups: specs, beside, log }))
  }
  for (const note of drops.notes) log.info(note)
  await using groups = runGroups(sources, planned, {
    base: settings.period,
    fed: (source) => own.get(source)?.groups ?? [],
    warn,
  })
  const self: Told[] = [told(RELOAD_BLOCKS, reloader.standing), ...pluginsTold(own.values())]
  await using prometheus = createPrometheusExporter({
    sources,
    get statistics() {
      return watch.statistics
    },
    base: settings.period,
    periods,
    groups: groups.watched,
    drops: drops.watched,
    version: version(),
    created: settings.metrics.created,
    expectedFalseAlarmsPerDay: watch.expectedFalseAlarmsPerDay,
    memory: memory.standing,
    self,
  })
  await using history = createHistory(prometheus.latest)
  await using _server = await serve(
    settings,
    { metrics: prometheus, history, log, reload: reloader.reload },
    io,
  )
  await using pushed = target && (await pushTo(target, { metrics: prometheus, self, start, log }))
  giveUpRights(settings, sources, log)
  /* what cannot be read or written any more shows at once */
  await targetOf(settings, io)
  memory.begin()
  changeable.limit()

  const watchdog = createWatchdog({ warn, now: () => performance.now() / 1000 })
  using _guard = startGuard({
    sources: () => sources,
    limit: settings.limits.cpu,
    warn,
    info: (line) => log.info(line),
  })
  const exporters: readonly Exporter[] = [
    groups,
    prometheus,
    history,
    watchdog,
    ...(pushed ? [pushed] : []),
  ]
  reloader.begin([groups, watch, logChange(changeable)])
  const runs = sources.map((source) =>
    run(
      withLongerWindows(source, periods),
      (window) => watch.observe(source.name, window),
      exporters,
      { seconds: settings.period, signal },
    ).catch((error: unknown) => {
      failed.abort()
      throw error
    }),
  )
  const ends = await Promise.allSettled(runs)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  if (!signal.aborted) throw new PktspotError('INTERFACE_GONE', 'no interface is left to count on.')
  log.info('stopped')
  return EXIT.good
}

/** Reads what settings refer to: where metrics are pushed, if anywhere. Throws SETTINGS where that is wrong. */
async function targetOf(settings: Settings, io: Io): Promise<OtlpEnvironment | undefined> {
  if (settings.web.config_file !== null) await checkWebConfig(settings.web.config_file)
  return otlpTarget(settings, io)
}

/** Disposes of what the list holds by then, so that a later opening that fails closes the earlier ones. */
function disposeAll(list: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(list.map((each) => each[Symbol.asyncDispose]()))
    },
  }
}
