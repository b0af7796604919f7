// SPDX-License-Identifier: Apache-2.0
import { type BaseWindow, type Counting, type Open, startCounting } from './counting.ts'
import type { Group } from './group.ts'
import type { BucketView, CountedGroup, GroupHealth, GroupScrape } from './views.ts'

/** The groups of one source; nothing is shared with another's. */
export interface Groups {
  /** Name of the source. */
  readonly source: string
  /** The groups that are counted now; a reload changes them. */
  list(): readonly Group[]
  /** Has a base window end now: promotes, demotes and closes buckets. */
  advance(window: BaseWindow): void
  /** The same one group after the other, for those who have something to do in between. */
  advancing(window: BaseWindow): Iterable<void>
  /** One live look at every group. */
  scrape(): readonly GroupScrape[]
  /** The last bucket that ended, of the group with this GUID; undefined before the first. */
  lastBucket(guid: string): BucketView | undefined
  /** The bucket that is running, as far as it has come; before the first window all that was counted, without a start. */
  runningBucket(guid: string): BucketView | undefined
  health(): readonly GroupHealth[]
  /**
   * Takes other groups: one that counts the same goes on without a reset, others are closed and opened. When one of them
   * cannot be opened, it throws that error, and all go on as they were.
   */
  reconfigure(groups: readonly CountedGroup[]): void
  close(): void
}

/** What the groups of a source need. */
export interface GroupsOptions {
  readonly source: string
  readonly groups: readonly CountedGroup[]
  /** Opens a table that has counted nothing yet; the runtime closes it. */
  readonly open: Open
  /** Monotonic milliseconds. */
  now(): number
}

/** Counts these groups at one source from now on. */
export function openGroups({ source, groups, open, now }: GroupsOptions): Groups {
  let inForce: readonly CountedGroup[] = []
  let countings = new Map<string, Counting>()
  let late = false

  function take(next: readonly CountedGroup[]): void {
    const undo: (() => void)[] = []
    const going = new Set<Counting>()
    const goingOn = (counted: CountedGroup): Counting | undefined => {
      const known = countings.get(counted.group.guid)
      const before = inForce.find(({ group }) => group.guid === counted.group.guid)
      if (!known || !before || !known.change(counted, open)) return undefined
      undo.push(() => known.change(before, open))
      going.add(known)
      return known
    }
    const begun = (counted: CountedGroup): Counting => {
      const made = startCounting(counted, open(counted), { now, late })
      undo.push(made.close)
      return made
    }
    try {
      const known = next.map(goingOn)
      const ended = all().filter((each) => !going.has(each))
      /* what ends gives its memory to what begins, and takes it back when that cannot be */
      for (const each of ended) {
        each.pause()
        undo.push(() => each.resume(open))
      }
      countings = new Map(
        next.map((counted, at) => [counted.group.guid, known[at] ?? begun(counted)]),
      )
      inForce = next
      for (const each of ended) each.close()
    } catch (error) {
      for (const each of undo.reverse()) each()
      throw error
    }
  }
  const all = () => [...countings.values()]
  function* advancing(window: BaseWindow): Iterable<void> {
    for (const each of all()) {
      /* a reload may come in between */
      if (countings.get(each.group().guid) !== each) continue
      each.advance(window)
      yield
    }
  }
  take(groups)
  late = true
  return {
    source,
    list: () => all().map((each) => each.group()),
    advance(window) {
      for (const _ of advancing(window));
    },
    advancing,
    scrape: () => all().map((each) => each.scrape()),
    lastBucket: (guid) => countings.get(guid)?.lastBucket(),
    runningBucket: (guid) => countings.get(guid)?.runningBucket(),
    health: () => all().map((each) => each.health()),
    reconfigure: take,
    close() {
      for (const each of all()) each.close()
      countings = new Map()
    },
  }
}

export type * from './views.ts'
