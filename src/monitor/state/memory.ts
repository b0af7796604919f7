// SPDX-License-Identifier: Apache-2.0
import type { Detector } from '../../spot/detector.ts'
import type { SpotOptions } from '../../spot/options.ts'
import { createDetector, type LastingDetector } from '../../spot/spot.ts'
import type { Statistic } from '../../statistics/statistic.ts'
import type { MonitorSpot } from '../options.ts'
import { fingerprint } from './fingerprint.ts'
import type { SavedDetector } from './snapshot.ts'

/** Gives the detector of a statistic over windows of some length. */
export type DetectorOf = (
  statistic: Statistic,
  options: SpotOptions,
  periodSeconds: number,
) => Detector

/** The detectors of one interface, those from before among them. */
export interface Memory {
  /** Gives the detector there is, or one that goes on from what was saved, or else a new one. */
  readonly detectorOf: DetectorOf
  /** Detectors that went on from what was saved. */
  readonly restored: number
  /** Those that could not, since they are set otherwise now: `R_SYN over 10 s`. */
  readonly discarded: readonly string[]
  /** Gives what all detectors have learned by now; what was saved and not asked for stays. */
  save(now: Date): readonly SavedDetector[]
}

interface Living {
  readonly statistic: string
  readonly window: number
  readonly fingerprint: string
  readonly detector: LastingDetector
}

/** Makes a memory of what was saved, for detectors under these settings. */
export function createMemory(spot: MonitorSpot, saved: readonly SavedDetector[] = []): Memory {
  const former = new Map(saved.map((each) => [keyOf(each), each]))
  const living = new Map<string, Living>()
  const discarded: string[] = []
  let restored = 0

  function revived(made: Omit<Living, 'detector'>, options: SpotOptions) {
    const key = keyOf(made)
    const found = former.get(key)
    former.delete(key)
    const detector = found?.fingerprint === made.fingerprint && going(options, found.state)
    if (detector) restored++
    else if (found) discarded.push(`${made.statistic} over ${made.window} s`)
    return detector || createDetector(options)
  }
  return {
    discarded,
    get restored() {
      return restored
    },
    detectorOf(statistic, options, window) {
      const print = fingerprint(statistic, spot, options)
      const made = { statistic: statistic.name, window, fingerprint: print }
      const there = living.get(keyOf(made))
      if (there?.fingerprint === print) return there.detector
      const detector = revived(made, options)
      living.set(keyOf(made), { ...made, detector })
      return detector
    },
    save(now) {
      const current = [...living.values()].map(({ detector, ...rest }) => ({
        ...rest,
        saved: now,
        state: detector.save(),
      }))
      return [...current, ...former.values()]
    },
  }
}

function keyOf({ statistic, window }: Pick<SavedDetector, 'statistic' | 'window'>): string {
  return `${window} ${statistic}`
}

/** Makes a detector that goes on; undefined when it cannot. */
function going(options: SpotOptions, state: Float64Array): LastingDetector | undefined {
  try {
    return createDetector(options, state)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return undefined
  }
}
