// SPDX-License-Identifier: Apache-2.0
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
}

/** A mistake inside a text. */
export interface TextMistake {
  /** Offset in the text. */
  readonly offset: number
  readonly message: string
  /** The stretch of text and carets under it: two lines. */
  readonly excerpt: string
}

/** A statistic's detector that cannot be as its knobs are. */
export interface Objection {
  readonly statistic: string
  /** The knobs at fault: the first that is set anywhere is to be changed. */
  readonly knobs: readonly (keyof SpotKnobs)[]
  readonly message: string
}
