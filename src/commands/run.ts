// SPDX-License-Identifier: Apache-2.0
import { presentInterfaces, wantedInterfaces } from '../capture/choose.ts'
import type { KeptSource } from '../capture/kept.ts'
import { pinnedPlaces } from '../capture/pins/pinned-places.ts'
import { openPins } from '../capture/pins/pins.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { createHistory } from '../exporters/history.ts'
import type { OtlpEnvironment } from '../exporters/otlp/environment.ts'
import { createPrometheusExporter } from '../exporters/prometheus/exporter.ts'
import { RELOAD_BLOCKS } from '../exporters/reload-families.ts'
import { SKIPPED_BLOCKS } from '../exporters/skipped-families.ts'
import { type Told, told } from '../exporters/told.ts'
import { startGuard } from '../guard/start.ts'
import { createWatchdog } from '../guard/watchdog.ts'
import { openLog } from '../log.ts'
import { openNodeMemory } from '../monitor/state/node-memory.ts'
import { loadAddon } from '../native/binding.ts'
import { checkWebConfig } from '../server/web-config/kept.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { createReloader } from './reload.ts'
import { logChange } from './reload-log.ts'
import { oneAtATime } from './reload-queue.ts'
import { runDrops } from './run-drops.ts'
import { catalogWith } from './run-filters.ts'
import { linksOf, runInterfaces } from './run-following.ts'
import { planGroups, runGroups } from './run-groups.ts'
import { INTERFACES_MOST } from './run-links.ts'
import { otlpTarget, pushTo } from './run-otlp.ts'
import { runPlugins } from './run-plugins.ts'
import { giveUpRights } from './run-rights.ts'
import { serve } from './run-server.ts'
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
  const exclusive = oneAtATime()
  const reloader = createReloader({
    settings,
    signal,
    log,
    exclusive,
    async read() {
      const next = await options.read()
      await targetOf(next, io)
      return next
    },
  })
  /* what is wrong is logged */
  io.onReload(() => void reloader.reload().catch(() => undefined))
  const target = await targetOf(settings, io)
  const wanted = wantedInterfaces(settings.interfaces)
  using links = linksOf(wanted, log)
  const chosen = presentInterfaces(loadAddon(), settings.interfaces)
  const names = [...chosen.kept, ...chosen.matched.slice(0, INTERFACES_MOST)]
  await using drops = await runDrops(settings.drops, (line) => log.warn(line))
  const plugins = await runPlugins(settings, drops.catalog)
  await using memory = await openNodeMemory({
    ...settings.state,
    interfaces: names,
    spot: settings.spot,
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
  })
  const warn = (line: string): void => log.warn(line)
  const addon = loadAddon()
  const present = addon.interfaces().filter(({ name }) => names.includes(name))
  using pins = openPins(settings.pins, { addon, interfaces: present, warn })
  const watch = await runWatch({
    settings,
    only: options.statistics,
    sources: names.length,
    lacking: drops.lacking,
    catalog: ({ counters }) => catalogWith(plugins.catalog, counters),
    memory,
    log,
  })
  const pinned = pins && pinnedPlaces(present.map((each) => pins.at(each)))
  const planned = await planGroups(settings, { pinned, warn })
  await using groups = runGroups(planned, { base: settings.period, warn })
  const self: Told[] = [told(RELOAD_BLOCKS, reloader.standing)]
  const { sums } = drops
  const parts = { settings, plugins, sums, pins, memory, watch, groups, self, log, signal }
  const end = (): void => failed.abort()
  const following = { wanted, chosen, links, exclusive, end }
  await using interfaces = await runInterfaces({ ...parts, ...following })
  const begun = beginning(interfaces.sources, start)
  for (const note of drops.notes) log.info(note)
  self.push(told(SKIPPED_BLOCKS, () => interfaces))
  await using prometheus = createPrometheusExporter({
    get sources() {
      return interfaces.sources
    },
    get statistics() {
      return watch.statistics
    },
    base: settings.period,
    periods: windowPeriods(settings),
    groups: groups.watched,
    drops: drops.watched,
    version: version(),
    created: settings.metrics.created,
    began: begun,
    before: watch.before,
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
  await using pushed =
    target && (await pushTo(target, { metrics: prometheus, self, start: begun, log }))
  giveUpRights(settings, interfaces.sources, log)
  /* what cannot be read or written any more shows at once */
  await targetOf(settings, io)
  memory.begin()
  changeable.limit()

  const watchdog = createWatchdog({ warn, now: () => performance.now() / 1000 })
  using _guard = startGuard({
    sources: () => interfaces.sources,
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
  await interfaces.carry(exporters)
  log.info('stopped')
  return EXIT.good
}

/** Reads what settings refer to: where metrics are pushed, if anywhere. Throws SETTINGS where that is wrong. */
async function targetOf(settings: Settings, io: Io): Promise<OtlpEnvironment | undefined> {
  if (settings.web.config_file !== null) await checkWebConfig(settings.web.config_file)
  return otlpTarget(settings, io)
}

/** When the first of the counts began: what is pinned before this process. */
function beginning(sources: readonly KeptSource[], start: Date): Date {
  const all = sources.map(({ pinned }) => pinned?.began.getTime() ?? start.getTime())
  return new Date(Math.min(start.getTime(), ...all))
}
