// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Statistic } from '../../statistics/statistic.ts'
import type { MonitorSpot } from '../options.ts'
import { keepNewest, makeDirectory, sweep } from './files.ts'
import { createMemory, type DetectorOf, type Memory } from './memory.ts'
import { AGE_LIMIT, readSaved, writeMemory } from './saved.ts'
import { SnapshotFault } from './snapshot.ts'

/** Snapshots that are kept of interfaces that have gone, which patterns may have matched by the thousand. */
const KEPT = 128

export interface NodeMemoryOptions {
  /** Null: nothing is read or written. */
  readonly directory: string | null
  /** Seconds between two snapshots. */
  readonly interval: number
  readonly interfaces: readonly string[]
  readonly spot: MonitorSpot
  readonly info: (line: string) => void
  readonly warn: (line: string) => void
}

/** How the snapshots of this run fare. */
export interface MemoryStanding {
  /** When all interfaces' snapshots were last written; undefined before that. */
  readonly written: Date | undefined
  /** Whether the last attempt succeeded; undefined before the first. */
  readonly success: boolean | undefined
  /** Detectors that went on from a snapshot. */
  readonly restored: number
}

/** The memory of all interfaces; writes a last snapshot when it is disposed of. */
export interface NodeMemory extends AsyncDisposable {
  detectorOf(name: string): DetectorOf | undefined
  /** Remembers a further interface, with what was saved under its name. */
  add(name: string): Promise<void>
  /** Forgets an interface; what was written of it stays. */
  remove(name: string): void
  /** Takes other settings: detectors are asked for under them from now on, of these statistics. */
  change(spot: MonitorSpot, statistics: readonly Statistic[]): void
  standing(): MemoryStanding | undefined
  /** Tells what became of the snapshots read, and writes new ones from now on, the first at once. */
  begin(): void
}

/** Reads the snapshots; none of them can fail the start, what cannot be used is told in one line. */
export async function openNodeMemory(options: NodeMemoryOptions): Promise<NodeMemory> {
  const { directory } = options
  return directory === null ? forgetful(options) : remembering({ ...options, directory })
}

/** Keeps detectors as long as the program runs. */
function forgetful({ interfaces, spot }: NodeMemoryOptions): NodeMemory {
  const now = { spot }
  const memories = new Map(interfaces.map((name) => [name, createMemory(spot)]))
  return {
    detectorOf: (name) => memories.get(name)?.detectorOf,
    add: async (name) => void memories.set(name, createMemory(now.spot)),
    remove: (name) => void memories.delete(name),
    change: changing(memories, now),
    standing: () => undefined,
    begin: () => undefined,
    async [Symbol.asyncDispose]() {},
  }
}

function changing(
  memories: ReadonlyMap<string, Memory>,
  now: { spot: MonitorSpot },
): NodeMemory['change'] {
  return (spot, statistics) => {
    const time = new Date()
    now.spot = spot
    for (const each of memories.values()) each.change(spot, statistics, time)
  }
}

async function remembering(
  options: NodeMemoryOptions & { directory: string },
): Promise<NodeMemory> {
  const { directory, interfaces, spot, info, warn } = options
  const stop = new AbortController()
  let written: Date | undefined
  let success: boolean | undefined
  let writing: Promise<void> | undefined

  const memories = new Map<string, Memory>()
  const now = { spot }
  let restoredBefore = 0
  const faults: string[] = []
  const refusals: string[] = []
  async function add(name: string, fault: (line: string) => void, refusal = fault): Promise<void> {
    const saved = await readSaved(directory, name).catch((error: unknown) => {
      const tell = error instanceof SnapshotFault ? fault : refusal
      tell(`interface ${name} is learned anew: ${reasonOf(error)}`)
      return []
    })
    memories.set(name, createMemory(now.spot, saved))
  }
  for (const name of interfaces) {
    await add(
      name,
      (line) => faults.push(line),
      (line) => refusals.push(line),
    )
  }

  async function write(): Promise<void> {
    await makeDirectory(directory)
    await keepNewest(directory, KEPT + memories.size).catch(() => undefined)
    const failures: unknown[] = []
    /* one interface after the other, so that windows are closed in between */
    for (const [name, memory] of memories) {
      await writeMemory(directory, name, memory).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
  async function snapshot(): Promise<void> {
    try {
      await write()
      written = new Date()
      if (success === false) info(`thresholds are kept in ${directory} again`)
      success = true
    } catch (error) {
      /* told once, since it may last */
      if (success !== false) warn(`thresholds are not kept over a restart: ${reasonOf(error)}`)
      success = false
    }
  }
  async function keepWriting(): Promise<void> {
    await sweep(directory, new Date(Date.now() - AGE_LIMIT)).catch(() => undefined)
    await snapshot()
    /* where nothing can be written either, one line is enough */
    if (success) refusals.forEach(warn)
    while (!stop.signal.aborted) {
      await sleep(options.interval * 1000, undefined, { signal: stop.signal }).catch(
        () => undefined,
      )
      if (!stop.signal.aborted) await snapshot()
    }
  }
  return {
    detectorOf: (name) => memories.get(name)?.detectorOf,
    add: (name) => add(name, warn),
    remove(name) {
      restoredBefore += memories.get(name)?.restored ?? 0
      memories.delete(name)
    },
    change: changing(memories, now),
    standing: () => ({
      written,
      success,
      restored: [...memories.values()].reduce(
        (sum, { restored }) => sum + restored,
        restoredBefore,
      ),
    }),
    begin() {
      faults.forEach(warn)
      for (const [name, { restored, discarded }] of memories) {
        if (restored > 0) info(`interface ${name}: ${restored} detectors go on where they stopped`)
        if (discarded.length > 0) warn(`interface ${name}: ${afresh(discarded)}`)
      }
      writing = keepWriting()
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      if (!writing) return
      await writing
      await snapshot()
    },
  }
}

/** Words which detectors begin anew, however many they are. */
function afresh(discarded: readonly string[]): string {
  const named = discarded.slice(0, 8).join(', ')
  const more = discarded.length > 8 ? ` and ${discarded.length - 8} more` : ''
  return `learned anew, since set otherwise than when they were saved: ${named}${more}`
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
