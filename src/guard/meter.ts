// SPDX-License-Identifier: Apache-2.0
import type { Load } from '../capture/source.ts'

/** What a source costs at the moment. */
export interface Rates {
  /** Time that the figures are of. */
  readonly seconds: number
  /** Share of a core; 0 where too few packets came to tell. */
  readonly ratio: number
  /** Packets a second. */
  readonly packets: number
}

/** Makes rates of running totals. */
export interface Meter {
  /** Takes a reading at a monotonic time in seconds; gives the mean over the last readings. */
  add(now: number, load: Load): Rates
  /** Forgets all readings but the last. */
  restart(): void
}

/** Packets that a cost must be the mean of: where one in 1021 is timed, a few that were held up would seem dear. */
const FEWEST = 8 * 1021

/** Begins without a reading; `mean` is the time in seconds that rates are taken over. */
export function createMeter(mean: number): Meter {
  let readings: { now: number; packets: number; nanoseconds: number }[] = []
  return {
    add(now, { packets, nanoseconds }) {
      readings = [...readings, { now, packets, nanoseconds }]
      /* the first one is as old as the mean, or just older */
      while ((readings[1]?.now ?? now) <= now - mean && readings.length > 1) readings.shift()
      const [first] = readings
      const seconds = now - (first?.now ?? now)
      if (!first || seconds <= 0) return { seconds: 0, ratio: 0, packets: 0 }
      const came = packets - first.packets
      const took = came < FEWEST ? 0 : nanoseconds - first.nanoseconds
      return { seconds, ratio: took / 1e9 / seconds, packets: came / seconds }
    },
    restart() {
      readings = readings.slice(-1)
    },
  }
}
