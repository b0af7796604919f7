// SPDX-License-Identifier: Apache-2.0
import type { Notes } from '../capture/pins/notes.ts'
import type { DetectorStatus, TailName } from '../spot/detector.ts'
import type { Sample } from './sample.ts'
import type { DetectorOf } from './state/memory.ts'

/** What is counted of one statistic over windows of one length. */
export interface Counts {
  readonly windows: number
  readonly failures: number
  readonly recalibrations: number
  readonly tails: Readonly<Partial<Record<TailName, TailCounts>>>
}

export interface TailCounts {
  readonly anomalies: number
  readonly events: number
  readonly excesses: number
}

/** Counts of one source's statistics that go on where an earlier process left them. */
export interface Carried {
  /** Gives the same detectors, whose counts are known from their beginning. */
  detectorOf(of: DetectorOf): DetectorOf
  /** Adds to samples of windows of a length what was counted before, and writes the sums down. */
  carry(samples: readonly Sample[], periodSeconds: number): readonly Sample[]
  /** What an earlier process counted. */
  before(statistic: string, periodSeconds: number): Counts | undefined
}

/** Before the first window. */
export const NO_COUNTS: Counts = { windows: 0, failures: 0, recalibrations: 0, tails: {} }

/** Carries counts by the notes that the source has at the time; without, they begin at 0. */
export function carriedCounts(
  notes: () => Notes | undefined,
  warn: (line: string) => void,
): Carried {
  /** What detectors had counted when they were given. */
  const begun = new Map<string, Counts>()
  const shown = new Map<string, Counts>()
  let noted: Readonly<Record<string, Counts>> | undefined
  let isTold = false

  /* of longer windows none may have ended yet; statistics that are gone give way to others */
  function write(): void {
    const own = Object.fromEntries(shown)
    try {
      if (!noteAll({ ...noted, ...own })) notes()?.write('statistics', own)
    } catch (error) {
      if (!isTold)
        warn(`statistics are counted from 0 after a restart: ${(error as Error).message}`)
      isTold = true
    }
  }
  function noteAll(all: Readonly<Record<string, Counts>>): boolean {
    try {
      notes()?.write('statistics', all)
      return true
    } catch {
      return false
    }
  }
  function notedOf(key: string): Counts | undefined {
    noted ??= (notes()?.read('statistics') as typeof noted) ?? {}
    return noted[key]
  }
  return {
    detectorOf: (of) => (statistic, options, window) => {
      const detector = of(statistic, options, window)
      const key = keyOf(statistic.name, window)
      if (!begun.has(key))
        begun.set(key, countsOf({ windows: 0, failures: 0, status: detector.status() }))
      return detector
    },
    before: (statistic, window) => notedOf(keyOf(statistic, window)),
    carry(samples, window) {
      const carried = samples.map((sample) => {
        const key = keyOf(sample.statistic.name, window)
        const before = notedOf(key)
        const added = before ? withCounts(sample, before, begun.get(key) ?? NO_COUNTS) : sample
        shown.set(key, countsOf(added))
        return added
      })
      write()
      return carried
    },
  }
}

function keyOf(statistic: string, window: number): string {
  return `${window} ${statistic}`
}

/** What a sample says was counted up to it. */
export function countsOf({
  windows,
  failures,
  status,
}: Pick<Sample, 'windows' | 'failures' | 'status'>): Counts {
  const tails = status?.tails.map(({ tail, anomalies, events, excesses }) => [
    tail,
    { anomalies, events, excesses },
  ])
  const recalibrations = status?.recalibrations ?? 0
  return { windows, failures, recalibrations, tails: Object.fromEntries(tails ?? []) }
}

/** Puts what was counted before in the place of what the detector had when it began. */
function withCounts(sample: Sample, before: Counts, begun: Counts): Sample {
  const { status } = sample
  return {
    ...sample,
    windows: sample.windows + before.windows,
    failures: sample.failures + before.failures,
    status: status && withStatus(status, before, begun),
  }
}

function withStatus(status: DetectorStatus, before: Counts, begun: Counts): DetectorStatus {
  const tails = status.tails.map((each) => {
    const was = before.tails[each.tail] ?? { anomalies: 0, events: 0, excesses: 0 }
    const own = begun.tails[each.tail] ?? { anomalies: 0, events: 0, excesses: 0 }
    return {
      ...each,
      anomalies: each.anomalies + was.anomalies - own.anomalies,
      events: each.events + was.events - own.events,
      excesses: each.excesses + was.excesses - own.excesses,
    }
  })
  const recalibrations = status.recalibrations + before.recalibrations - begun.recalibrations
  return { ...status, recalibrations, tails }
}
