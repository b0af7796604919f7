// SPDX-License-Identifier: Apache-2.0
import type { Place } from './layer.ts'

/** A value in a YAML file, with its place. */
export interface Twig {
  readonly place: Place
  /** As plain JavaScript. */
  readonly value: unknown
  /** Keys of a mapping, merges applied; undefined of anything else. */
  entries(): readonly Entry[] | undefined
  /** Items of a sequence; undefined of anything else. */
  items(): readonly Twig[] | undefined
  /** Place of the character at an offset of a text that is not a blank, or of the text's end. */
  at(offset: number): Place
}

/** A key of a mapping. */
export interface Entry {
  readonly name: string
  readonly place: Place
  readonly twig: Twig
}
