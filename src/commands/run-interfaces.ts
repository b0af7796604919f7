// SPDX-License-Identifier: Apache-2.0
import type { OpenSums } from '../capture/beside.ts'
import { eitherSignal } from '../capture/either-signal.ts'
import type { KeptSource } from '../capture/kept.ts'
import type { Link } from '../capture/links.ts'
import { withLongerWindows } from '../capture/longer-windows.ts'
import type { MemoryShares } from '../capture/memory-shares.ts'
import type { Pins } from '../capture/pins/pins.ts'
import type { Exporter } from '../exporters/exporter.ts'
import type { Told } from '../exporters/told.ts'
import type { NodeMemory } from '../monitor/state/node-memory.ts'
import { run } from '../run.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import type { RunGroups } from './run-groups.ts'
import { pluginsTold, type RunPlugins } from './run-plugins.ts'
import { openKeptSource } from './run-sources.ts'
import type { RunWatch } from './run-watch.ts'
import type { SourceLog } from './source-log.ts'

/** Milliseconds between tries for an interface whose return the kernel is to tell. */
const RETRY = 10_000

/** An interface that is counted. */
export interface CountedInterface {
  readonly source: KeptSource
  /** Identity of its link when it was opened. */
  readonly link: number | undefined
  /** Whether it is counted as long as it is there only. */
  readonly isMortal: boolean
}

/** How an interface is to be counted. */
export interface Beginning {
  readonly name: string
  /** Its link, where links are followed. */
  readonly link: Link | undefined
  readonly isMortal: boolean
  /** Interfaces to be opened now, this one among them. */
  readonly pending: number
}

export interface InterfacesParts {
  readonly settings: Settings
  readonly plugins: RunPlugins
  /** Counted at every interface, before what plugins count. */
  readonly sums: readonly OpenSums[]
  /** Undefined: counting ends with the process. */
  readonly pins: Pins | undefined
  readonly memory: NodeMemory
  readonly watch: RunWatch
  readonly groups: RunGroups
  readonly shares: MemoryShares
  /** Metrics about the program; those of a source's plugins are added and taken away. */
  readonly self: Told[]
  readonly log: SourceLog
  readonly signal: AbortSignal
  /** Told when windows of an interface cannot be carried on. */
  readonly onFailure: (counted: CountedInterface, error: unknown) => void
  /** Told when an interface has gone and none of those counted can come back. */
  readonly onOver: () => void
}

/** The interfaces that are counted, and all that each of them has. */
export interface Interfaces extends AsyncDisposable {
  readonly sources: readonly KeptSource[]
  all(): readonly CountedInterface[]
  /** Begins to count; throws a CaptureError when it cannot, with nothing left behind. */
  begin(beginning: Beginning): Promise<void>
  /** Publishes the last window of an interface and lets go all that it had. */
  retire(name: string): Promise<void>
  /** Carries windows to exporters from now on; resolves when the signal has aborted and all have ended. */
  carry(exporters: readonly Exporter[]): Promise<void>
}

interface Entry extends CountedInterface {
  readonly stop: AbortController
  readonly release: () => void
  done: Promise<void>
  /** Whether its interface has gone for good. */
  isOver: boolean
}

/** Begins with none. */
export function countInterfaces(parts: InterfacesParts): Interfaces {
  const { settings, plugins, memory, watch, groups, shares, self, log, signal } = parts
  const entries = new Map<string, Entry>()
  const periods = windowPeriods(settings)
  let exporters: readonly Exporter[] | undefined

  async function carry(entry: Entry, to: readonly Exporter[]): Promise<void> {
    const { source, stop } = entry
    using either = eitherSignal(signal, stop.signal)
    try {
      const observe = watch.observe.bind(undefined, source.name)
      const options = { seconds: settings.period, signal: either.signal }
      await run(withLongerWindows(source, periods), observe, to, options)
      entry.isOver = !either.signal.aborted
      if (entry.isOver && [...entries.values()].every(({ isOver }) => isOver)) parts.onOver()
    } catch (error) {
      parts.onFailure(entry, error)
    }
  }
  function forget(name: string): void {
    for (const each of exporters ?? [groups]) each.forget?.(name)
    watch.end(name)
    memory.remove(name)
    shares.release(name)
  }
  async function open(of: Beginning, release: (() => void)[]): Promise<KeptSource> {
    const { name, link, isMortal, pending } = of
    release.push(() => forget(name))
    if (!memory.detectorOf(name)) await memory.add(name)
    const plugged = await plugins.at(name, {
      info: (line) => log.info({ interface: name }, line),
      warn: (line) => log.warn({ interface: name }, line),
    })
    release.push(plugged.release)
    const { counted, filters } = groups.planned
    const specs = counted.map(({ spec }) => spec)
    const source = await openKeptSource(name, {
      settings,
      budgetBytes: shares.next(pending, specs),
      groups: specs,
      beside: { ...plugged.beside, sums: [...parts.sums, ...plugged.beside.sums], filters },
      pins: parts.pins,
      log,
      following: link ? { link: link.id, retry: RETRY, isMortal } : {},
      onOpen: (layout) => shares.take(name, layout),
    })
    try {
      watch.begin(name, () => source.pinned?.notes)
      groups.begin(source, plugged.groups)
    } catch (error) {
      await source[Symbol.asyncDispose]()
      throw error
    }
    const told = pluginsTold(plugged)
    if (told) self.push(told)
    release.push(() => void (told && self.splice(self.indexOf(told), 1)))
    return source
  }
  return {
    get sources() {
      return [...entries.values()].map(({ source }) => source)
    },
    all: () => [...entries.values()],
    async begin(beginning) {
      const releases: (() => void)[] = []
      const release = () => {
        for (const each of releases) each()
      }
      const source = await open(beginning, releases).catch((error: unknown) => {
        release()
        throw error
      })
      const { link, isMortal } = beginning
      const stop = new AbortController()
      const done = Promise.resolve()
      const entry: Entry = { source, link: link?.id, isMortal, stop, release, done, isOver: false }
      entries.set(source.name, entry)
      if (exporters) entry.done = carry(entry, exporters)
    },
    async retire(name) {
      const entry = entries.get(name)
      if (!entry) return
      entry.stop.abort()
      await entry.done
      entries.delete(name)
      entry.source.pinned?.unpin()
      /* closed as a whole: its groups one by one would each wait for the kernel */
      const closed = entry.source[Symbol.asyncDispose]()
      entry.release()
      await closed
      log.info({ interface: name }, `counting packets on ${name} has ended`)
    },
    async carry(to) {
      exporters = to
      for (const entry of entries.values()) entry.done = carry(entry, to)
      if (!signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      }
      await Promise.all([...entries.values()].map(({ done }) => done))
    },
    async [Symbol.asyncDispose]() {
      const sources = [...entries.values()].map(({ source }) => source)
      await Promise.all(sources.map((each) => each[Symbol.asyncDispose]()))
    },
  }
}
