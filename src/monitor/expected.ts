// SPDX-License-Identifier: Apache-2.0
import { windowsPerDay } from './options.ts'
import type { Sample } from './sample.ts'

/**
 * Adds up the false alarms to expect a day of one source with the probabilities in force; a tail
 * that learns raises none.
 */
export function expectedFalseAlarmsPerDay(
  samples: readonly Sample[],
  periodSeconds: number,
): number {
  const ratios = samples
    .flatMap(({ status }) => status?.tails ?? [])
    .map(({ falseAlarmRatio }) => falseAlarmRatio)
    .filter((ratio) => !Number.isNaN(ratio))
  return ratios.reduce((sum, ratio) => sum + ratio, 0) * windowsPerDay(periodSeconds)
}
