// SPDX-License-Identifier: Apache-2.0
import { type Logger, pino } from 'pino'
import { chooseInterfaces } from '../capture/choose.ts'
import type { KeptSource } from '../capture/kept.ts'
import { labelOf } from '../groups/labels.ts'
import { createLogger } from '../log.ts'
import { createMonitors } from '../monitor/by-length.ts'
import { createMemory, type DetectorOf } from '../monitor/state/memory.ts'
import { readSaved } from '../monitor/state/saved.ts'
import { loadAddon } from '../native/binding.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import type { Program } from '../top/arrange.ts'
import { framesOf } from '../top/frames.ts'
import { panelsOf } from '../top/panels.ts'
import { plainBlock } from '../top/plain.ts'
import { sourceMeter } from '../top/source-meter.ts'
import { watchStatistics } from '../top/statistics-watch.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { type Planned, planGroups } from './run-groups.ts'
import { runPlugins } from './run-plugins.ts'
import { openKeptSource } from './run-sources.ts'
import { chosenStatistics } from './statistics.ts'

export interface TopOptions {
  /** Seconds between two views. */
  readonly interval: number
  /** Keys of a group that are shown. */
  readonly most: number
}

/** Groups that are counted for the view unless the settings switch them off. */
const SHOWN = ['protocols', 'src_ip', 'dst_port', 'flows', 'sizes', 'icmp', 'icmp6']

/** Seconds until the first view at most. */
const FIRST = 1

/** Milliseconds that a message is shown. */
const NOTICE = 8000

/** Counts on the interfaces and shows it, in the terminal or as text, until the signal aborts; keeps nothing. */
export async function topCommand(
  settings: Settings,
  { interval, most }: TopOptions,
  io: Io,
): Promise<ExitCode> {
  const isLive = io.terminal && io.env['TERM'] !== 'dumb'
  const notices = noticeBoard()
  const log = isLive ? notices.log : createLogger(settings.log)
  const statistics = await chosenStatistics(settings, undefined)
  const names = chooseInterfaces(loadAddon(), settings.interfaces)
  const planned = await plannedGroups(settings, (line) => log.warn(line))
  const periods = windowPeriods(settings)
  const learned = await Promise.all(names.map((name) => learnedOf(name, settings, log)))
  const plugins = await runPlugins(settings)
  const sources: KeptSource[] = []
  await using _sources = closing(sources)
  for (const name of names) {
    const groups = planned.counted.map(({ spec }) => spec)
    const own = await plugins.at(name, log.child({ interface: name }))
    const beside = { ...own.beside, filters: planned.filters }
    const budgetBytes = Math.floor(settings.kernel_memory / names.length)
    sources.push(await openKeptSource(name, { settings, budgetBytes, groups, beside, log }))
  }
  const watched = sources.map((source, index) => ({
    source,
    observe: createMonitors({
      statistics,
      catalog: source.catalog,
      spot: settings.spot,
      periods,
      sources: names.length,
      warn: (line) => log.warn({ interface: source.name }, line),
      detectorOf: learned[index],
    }),
  }))
  const program: Program = {
    groups: planned.counted,
    panels: panelsOf(planned.counted, (group) => labelOf(group, planned.all)),
    most,
    interval,
  }
  const live = isLive ? await drawing() : undefined
  const stop = new AbortController()
  const signal = AbortSignal.any([io.signal, stop.signal])
  const watch = watchStatistics(watched, { seconds: settings.period, periods, signal })
  const meters = sources.map((source) =>
    sourceMeter(source, planned.counted, () => performance.now()),
  )
  const about = () => ({ judged: watch.latest(), notice: notices.current() })
  async function show(): Promise<void> {
    if (live) {
      const pace = { interval, first: Math.min(interval, FIRST) }
      await live.showLive({
        terminal: io.window(),
        program,
        interfaces: names,
        colour: !io.env['NO_COLOR'],
        frames: framesOf(meters, pace, signal),
        about,
        signal,
        quit: () => stop.abort(),
      })
    } else {
      for await (const frame of framesOf(meters, { interval }, signal)) {
        await io.out(plainBlock(program, { frame, ...about() }))
      }
    }
  }
  const works = [show(), watch.done].map((work) => work.finally(() => stop.abort()))
  for (const end of await Promise.allSettled(works)) {
    if (end.status === 'rejected') throw end.reason
  }
  return EXIT.good
}

/** Loads what draws, which nothing else needs. */
function drawing(): Promise<typeof import('../top/live.ts')> {
  return import('../top/live.ts')
}

/** What detectors knew when `run` last kept it; it is only read. */
async function learnedOf(
  name: string,
  { state, spot }: Settings,
  log: Logger,
): Promise<DetectorOf> {
  const { directory } = state
  const saved = directory === null ? [] : await readSaved(directory, name).catch(refused)
  return createMemory(spot, saved).detectorOf

  function refused(error: unknown): [] {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ interface: name }, `interface ${name} is learned anew: ${reason}`)
    return []
  }
}

/** The settings' groups and those of the view. */
function plannedGroups(settings: Settings, warn: (line: string) => void): Promise<Planned> {
  const counter_groups = [...SHOWN, ...settings.counter_groups]
  return planGroups({ ...settings, counter_groups }, { warn })
}

/** A log whose last warning is shown for a while. */
function noticeBoard(): { log: Logger; current(): string | undefined } {
  let last = { message: '', until: 0 }
  const write = (line: string): void => {
    const { msg } = JSON.parse(line) as { msg: string }
    last = { message: msg, until: performance.now() + NOTICE }
  }
  return {
    log: pino({ level: 'warn', base: null }, { write }),
    current: () => (performance.now() < last.until ? last.message : undefined),
  }
}

/** Disposes of what the list holds by then. */
function closing(list: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(list.map((each) => each[Symbol.asyncDispose]()))
    },
  }
}
