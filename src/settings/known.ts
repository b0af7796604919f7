// SPDX-License-Identifier: Apache-2.0
import type { GroupItem } from './counter-groups.ts'
import type { GroupObjection } from './counter-groups-faults.ts'
import type { UserCounter } from './counters.ts'
import type { Settings } from './settings.ts'
import type { SpotKnobs } from './spot.ts'

/** What other parts of the program know and settings are checked against. */
export interface Known {
  /** Names of the statistics there are besides the users' own expressions. */
  readonly statistics: readonly string[]
  /** What is wrong with plugins, by their paths. */
  readonly plugins: ReadonlyMap<string, string>
  /** Finds the first mistake in an expression. */
  expression(text: string): TextMistake | undefined
  /** Finds thresholds that cannot be as they are set. */
  thresholds(settings: Settings): readonly Objection[]
  /** Finds what is wrong with counter groups beyond their form. */
  groups(items: readonly GroupItem[]): readonly GroupObjection[]
  /** Finds what is wrong with counters by filters beyond their form and their filters. */
  counters(items: readonly UserCounter[]): readonly GroupObjection[]
  /** Finds what is wrong with a filter. */
  filter(text: string): TextMistake | undefined
}

/** A mistake inside a text. */
export interface TextMistake {
  /** Offset in the text. */
  readonly offset: number
  readonly message: string
  /** The stretch of text and carets under it: two lines; empty where the whole text is at fault. */
  readonly excerpt: string
}

/** A statistic's detector that cannot be as its knobs are. */
export interface Objection {
  readonly statistic: string
  /** The knobs at fault: the first that is set anywhere is to be changed. */
  readonly knobs: readonly (keyof SpotKnobs)[]
  readonly message: string
}
