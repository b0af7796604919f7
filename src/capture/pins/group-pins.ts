// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Addon } from '../../native/binding.ts'
import type { GroupSpec } from '../group-table.ts'
import { groupDigest, groupFolder, groupIn } from './names.ts'
import { removePins } from './remove.ts'
import { notesIn } from './source-pins.ts'

/** Places of groups in the chain of programs. */
const SLOTS = 16

/** Level of a group's folder: see LEVELS. */
const GROUP_LEVEL = 4

/** Keys whose last values are noted, of the series that ended; a returning one that is not begins at 0. */
export const NOTED_ENDED = 512

/** Bytes of a number and what is around it in notes, and of what else is noted of a series. */
const NUMBER_BYTES = 24
const SERIES_BYTES = 192

/** What of a group's spec does not follow from what it counts, the part `spec` of its notes. */
export interface SpecNote {
  readonly identity: string
  readonly slots: number
  readonly tracked: number
  readonly rank: number
  readonly uniqueBits: number
  readonly seed: string
}

/** A group that counts though nobody reads it. */
export interface PinnedGroup {
  readonly slot: number
  readonly folder: string
  readonly spec: GroupSpec
}

/** The pins of one source's groups. */
export interface GroupPins {
  /** Slots of groups that were not claimed yet. */
  readonly reserved: ReadonlySet<number>
  /** Finds a group to go on with, once. */
  claim(spec: GroupSpec): PinnedGroup | undefined
  /** Makes a group's folder; undefined when it is none to go on with. */
  begin(slot: number, spec: GroupSpec): string | undefined
  remove(folder: string): void
}

/** What is transmitted is counted as long as the process lives: a group of both directions cannot outlive it. */
function isPinned({ identity, direction }: GroupSpec): boolean {
  return identity !== undefined && direction === undefined
}

/** Bytes of the notes of a group with so many words in its keys. */
export function groupNotesBytes(spec: GroupSpec, words: number): number {
  const cells = spec.adds.length + spec.extremes.length
  const series = SERIES_BYTES + (words + 2 * cells) * NUMBER_BYTES
  const ended = Math.min(spec.tracked, NOTED_ENDED) * (words + cells + 1) * NUMBER_BYTES
  const bases = 2 * (1 + spec.slots) * spec.adds.length * NUMBER_BYTES
  return 2 * (4096 + spec.slots * series + ended + bases)
}

/**
 * The pins in a source's folder. Groups that are none of the wanted ones are stopped and removed; which of the wanted
 * begin anew is told.
 */
export function groupPins(
  source: string,
  parts: {
    readonly addon: Addon
    readonly wanted: readonly GroupSpec[]
    /** Has no program count in a slot. */
    stop(slot: number): void
    tell(line: string): void
  },
): GroupPins {
  const { addon, wanted, stop, tell } = parts
  const found = new Map<string, { slot: number; folder: string; note: SpecNote }>()
  const remove = (folder: string): void => void removePins(folder, GROUP_LEVEL)
  function drop(slot: number, folder: string, identity: string, reason: string): void {
    stop(slot)
    remove(folder)
    const [guid = ''] = identity.split(' ')
    const isWanted = wanted.some((each) => each.identity?.startsWith(`${guid} `))
    if (isWanted) tell(`group ${guid} begins anew, since ${reason}`)
  }
  for (const name of readdirSync(source)) {
    const group = groupIn(name)
    if (!group) continue
    const { slot, digest } = group
    const folder = join(source, name)
    try {
      const note = notesIn(addon, folder)?.read('spec') as SpecNote | undefined
      const isWanted = wanted.some((each) => groupDigest(each) === digest)
      if (!note) drop(slot, folder, '', '')
      else if (!isWanted) drop(slot, folder, note.identity, 'it is counted otherwise')
      else found.set(digest, { slot, folder, note })
    } catch (error) {
      const identity = wanted.find((each) => groupDigest(each) === digest)?.identity ?? ''
      drop(slot, folder, identity, (error as Error).message)
    }
  }
  /* groups that had no pins count for nobody any more */
  const going = new Set([...found.values()].map(({ slot }) => slot))
  for (let slot = 1; slot <= SLOTS; slot++) if (!going.has(slot)) stop(slot)
  return {
    get reserved() {
      return new Set([...found.values()].map(({ slot }) => slot))
    },
    claim(spec) {
      const digest = groupDigest(spec)
      const pinned = found.get(digest)
      if (!pinned || !isPinned(spec)) return undefined
      found.delete(digest)
      const { slot, folder, note } = pinned
      const { slots, tracked, rank, uniqueBits, seed } = note
      if (slots >= spec.slots && rank === spec.rank) {
        const own = { slots, tracked, uniqueBits, seed: BigInt(seed) }
        return { slot, folder, spec: { ...spec, ...own } }
      }
      drop(slot, folder, note.identity, 'it has other limits')
      return undefined
    },
    begin(slot, spec) {
      if (!isPinned(spec)) return undefined
      const folder = groupFolder(source, slot, spec)
      remove(folder)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    },
    remove,
  }
}
