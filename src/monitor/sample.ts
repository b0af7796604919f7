// SPDX-License-Identifier: Apache-2.0
import type { DetectorStatus, Judgement } from '../spot/detector.ts'
import type { Statistic } from '../statistics/statistic.ts'

/** One statistic of one window, judged. */
export interface Sample {
  readonly statistic: Statistic
  readonly value: number
  /** Undefined for a statistic that is never judged. */
  readonly judgement: Judgement | undefined
  /** Standing of the detector after the value; undefined for a statistic that is never judged. */
  readonly status: DetectorStatus | undefined
  /** Largest and smallest value of the last 60 seconds. */
  readonly recentMax: number
  readonly recentMin: number
  /** Windows seen since the start. */
  readonly windows: number
  /** Windows in which computing the value failed, since the start. */
  readonly failures: number
}
