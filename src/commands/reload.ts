// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import { PktspotError } from '../errors.ts'
import type { ReloadStanding } from '../exporters/reload-families.ts'
import type { Settings } from '../settings/settings.ts'
import { changedKeys, withLive } from './reload-keys.ts'
import { type Exclusive, inTurns } from './reload-queue.ts'

/** A part of the program that takes other settings while it runs. */
export interface Reloadable {
  /**
   * Prepares to follow the settings, and changes nothing yet; undefined when there is nothing to follow. Throws a
   * PktspotError where it cannot.
   */
  prepare(next: Settings, running: Settings): Promise<Change | undefined>
}

/** What is left to do once every part is prepared, all parts in one turn. */
export interface Change {
  /** Follows; what throws has changed nothing. */
  commit(): void
  /** Goes back, since a later part could not follow. */
  undo(): void
}

export interface ReloaderOptions {
  /** Settings in force. */
  readonly settings: Settings
  /** Reads the settings; throws SETTINGS with every mistake, one a line. */
  read(): Promise<Settings>
  readonly log: Logger
  /** Keeps others from changing the parts meanwhile. */
  readonly exclusive: Exclusive
  /** Aborted when the program ends: nothing is changed from then on. */
  readonly signal: AbortSignal
}

/** Reads the settings again, and has all parts follow or none. */
export interface Reloader {
  /** Reloads, after the reload under way; rejects with a PktspotError when the settings from before stay in force. */
  reload(): Promise<void>
  standing(): ReloadStanding
  /** Says which parts follow, in the order of their commits; reloads asked for until then wait. */
  begin(parts: readonly Reloadable[]): void
}

/** Makes the reloader; settings in force count as a success. */
export function createReloader(options: ReloaderOptions): Reloader {
  const { settings, read, log, exclusive, signal } = options
  let running = settings
  let standing: ReloadStanding = { successful: true, lastSuccess: new Date() }
  let begin: Reloader['begin'] = () => undefined
  const begun = new Promise<readonly Reloadable[]>((resolve) => {
    begin = resolve
  })

  async function follow(parts: readonly Reloadable[]): Promise<void> {
    const wanted = await read()
    const { live, late } = changedKeys(running, wanted)
    if (late.length > 0) log.warn(`${late.join(', ')} changed: takes effect at the next start`)
    const next = withLive(running, wanted)
    const changes: Change[] = []
    for (const part of parts) {
      const change = await part.prepare(next, running)
      if (change) changes.push(change)
    }
    if (signal.aborted) return
    commit(changes)
    running = next
    standing = { successful: true, lastSuccess: new Date() }
    log.info(told(live, next))
  }
  async function reload(): Promise<void> {
    const parts = await begun
    try {
      await exclusive(() => follow(parts))
    } catch (error) {
      standing = { ...standing, successful: false }
      for (const mistake of mistakes(error)) log.error(`settings not reloaded: ${mistake}`)
      throw error
    }
  }
  return { reload: inTurns(reload), standing: () => standing, begin }
}

function commit(changes: readonly Change[]): void {
  const done: Change[] = []
  try {
    for (const change of changes) {
      change.commit()
      done.unshift(change)
    }
  } catch (error) {
    for (const change of done) change.undo()
    throw error
  }
}

function told(live: readonly string[], { plugins }: Settings): string {
  const changed = live.length > 0 ? `${live.join(', ')} changed` : 'nothing changed'
  const kept = plugins.length > 0 ? '; plugins stay as they were loaded at the start' : ''
  return `settings reloaded: ${changed}${kept}`
}

/** Takes a report apart; what is indented belongs to the line before. */
function mistakes(error: unknown): readonly string[] {
  if (error instanceof PktspotError) return error.message.split(/\n(?!\s)/)
  return [`this is a bug: ${error instanceof Error ? error.stack : String(error)}`]
}
