// SPDX-License-Identifier: Apache-2.0
import { nullable, number, whole, yesOrNo } from './format.ts'
import { duration } from './quantity.ts'
import type { Section } from './setting.ts'
import { mapping, named } from './structure.ts'

/** How a statistic's thresholds are learnt. */
export interface SpotKnobs {
  /**
   * Events that may be raised by chance in a day: by the whole node over all monitored tails, or by
   * the one statistic that it is set for.
   */
  readonly false_alarms_per_day: number
  /** Probability of a false alarm a window and tail; null: follows from `false_alarms_per_day`. */
  readonly q: number | null
  /** Share of values below the excess threshold; null: chosen by the detector. */
  readonly level: number | null
  /** Values that calibrate a detector; null: chosen by the detector. */
  readonly n_init: number | null
  /** Values whose mean is subtracted before a value is judged; 0: none. */
  readonly depth: number
  /** Excesses that a tail keeps. */
  readonly max_excess: number
  /** Seconds after which a lasting shift is accepted. */
  readonly max_event: number
  /** Windows without an anomaly that end an event. */
  readonly hold_off: number
  /** Whether the upper tail is monitored; null: as the statistic has it. */
  readonly up: boolean | null
  /** Whether the lower tail is monitored; null: as the statistic has it. */
  readonly down: boolean | null
}

/** What one statistic has otherwise than the rest. */
export type SpotOverrides = Partial<SpotKnobs>

/** How thresholds are learnt. */
export interface SpotSettings extends SpotKnobs {
  /** By name of the statistic. */
  readonly per_statistic: Readonly<Record<string, SpotOverrides>>
}

const share = number('a number above 0 and below 1', (value) => value > 0 && value < 1)

const knobs: Section<SpotKnobs> = {
  false_alarms_per_day: {
    doc: 'Events that the whole node may raise by chance in a day, shared by all monitored tails',
    default: 1,
    format: number('a number above 0, at most 86400', (value) => value > 0 && value <= 86_400),
  },
  q: {
    doc: 'Probability of a false alarm a window and tail; null: follows from `spot.false_alarms_per_day`',
    default: null,
    format: nullable(share),
  },
  level: {
    doc: 'Share of values below the excess threshold; null: chosen by the detector',
    default: null,
    format: nullable(share),
  },
  n_init: {
    doc: 'Values that calibrate a detector; null: chosen by the detector',
    default: null,
    format: nullable(whole(50, 1_000_000)),
  },
  depth: {
    doc: 'Windows whose moving mean is subtracted from a value before it is judged; 0: none',
    default: 0,
    format: whole(0, 10_000),
  },
  max_excess: {
    doc: 'Excesses that a tail keeps',
    default: 200,
    format: whole(10, 10_000),
  },
  max_event: {
    doc: 'Time after which a lasting shift is accepted as normal',
    default: 3600,
    format: duration(1, 30 * 86_400),
  },
  hold_off: {
    doc: 'Windows without an anomaly that end an event',
    default: 60,
    format: whole(0, 86_400),
  },
  up: {
    doc: 'Whether upper tails are monitored; null: as each statistic has it',
    default: null,
    format: nullable(yesOrNo),
  },
  down: {
    doc: 'Whether lower tails are monitored; null: as each statistic has it',
    default: null,
    format: nullable(yesOrNo),
  },
}

/** Allows any of the knobs, for one statistic. */
export const spotOverrides = mapping<SpotOverrides>(knobs as Required<Section<SpotKnobs>>)

export const spot: Section<SpotSettings> = {
  ...knobs,
  per_statistic: {
    doc: 'The same for single statistics, by name: `{R_SYN: {q: 1e-6, down: true}}`',
    default: {},
    fileOnly: true,
    format: named('names of statistics', spotOverrides),
  },
}
