// SPDX-License-Identifier: Apache-2.0
import type { Detector } from '../../spot/detector.ts'
import type { SpotOptions } from '../../spot/options.ts'
import { createDetector, type LastingDetector } from '../../spot/spot.ts'
import type { Statistic } from '../../statistics/statistic.ts'
import type { MonitorSpot } from '../options.ts'
import { fingerprint, likeness } from './fingerprint.ts'
import type { SavedDetector } from './snapshot.ts'

/** Gives the detector of a statistic over windows of some length. */
export type DetectorOf = (
  statistic: Statistic,
  options: SpotOptions,
  periodSeconds: number,
) => Detector

/** The detectors of one interface, those from before among them. */
export interface Memory {
  /**
   * Gives the detector there is, with another q if need be, or one that goes on from what was saved, or else a new one.
   */
  readonly detectorOf: DetectorOf
  /** Detectors that went on from what was saved. */
  readonly restored: number
  /** Those that could not, since they are set otherwise now: `R_SYN over 10 s`. */
  readonly discarded: readonly string[]
  /** Takes other settings; detectors of statistics that are judged no more are put aside as if they were saved. */
  change(spot: MonitorSpot, statistics: readonly Statistic[], now: Date): void
  /** Gives what all detectors have learned by now; what was saved and not asked for stays. */
  save(now: Date): readonly SavedDetector[]
}

interface Living {
  readonly statistic: string
  readonly window: number
  readonly fingerprint: string
  /** Of what may not change as long as it lives. */
  readonly likeness: string
  readonly detector: LastingDetector
}

/** Makes a memory of what was saved, for detectors under these settings. */
export function createMemory(first: MonitorSpot, saved: readonly SavedDetector[] = []): Memory {
  let spot = first
  const former = new Map(saved.map((each) => [keyOf(each), each]))
  const living = new Map<string, Living>()
  const discarded: string[] = []
  let restored = 0

  function revived(made: Omit<Living, 'detector'>, options: SpotOptions) {
    const key = keyOf(made)
    const found = former.get(key)
    former.delete(key)
    const detector = found?.fingerprint === made.fingerprint && restoredFrom(options, found.state)
    if (detector) restored++
    else if (found) discarded.push(`${made.statistic} over ${made.window} s`)
    return detector || createDetector(options)
  }
  function going({ likeness }: Omit<Living, 'detector'>, key: string, { q }: SpotOptions) {
    const there = living.get(key)
    if (there?.likeness !== likeness) return undefined
    there.detector.retarget(q)
    return there.detector
  }
  return {
    discarded,
    get restored() {
      return restored
    },
    detectorOf(statistic, options, window) {
      const made = {
        statistic: statistic.name,
        window,
        fingerprint: fingerprint(statistic, spot, options),
        likeness: likeness(statistic, options),
      }
      const key = keyOf(made)
      const detector = going(made, key, options) ?? revived(made, options)
      living.set(key, { ...made, detector })
      return detector
    },
    change(next, statistics, now) {
      spot = next
      const judged = statistics.filter(({ tails }) => tails.length > 0)
      const names = new Set(judged.map(({ name }) => name))
      for (const [key, each] of living) {
        if (names.has(each.statistic)) continue
        living.delete(key)
        former.set(key, savedOf(each, now))
      }
    },
    save: (now) => [...[...living.values()].map((each) => savedOf(each, now)), ...former.values()],
  }
}

function keyOf({ statistic, window }: Pick<SavedDetector, 'statistic' | 'window'>): string {
  return `${window} ${statistic}`
}

function savedOf({ statistic, window, fingerprint, detector }: Living, saved: Date): SavedDetector {
  return { statistic, window, fingerprint, saved, state: detector.save() }
}

/** Makes a detector that goes on; undefined when it cannot. */
function restoredFrom(options: SpotOptions, state: Float64Array): LastingDetector | undefined {
  try {
    return createDetector(options, state)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return undefined
  }
}
