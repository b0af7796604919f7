// SPDX-License-Identifier: Apache-2.0
import type { Format } from './format.ts'

/** One key that users may set. */
export interface Setting<T> {
  /** What it does, without a full stop. */
  readonly doc: string
  readonly default: T
  readonly format: Format<T>
  /** Command-line flag, where there is one. */
  readonly flag?: Flag
  /** Whether only the file may set it, since it is too large for an environment variable. */
  readonly fileOnly?: true
  /** Whether it holds paths, which a file gives relative to itself. */
  readonly paths?: true
}

/** A command-line flag of a setting; one whose setting is a list may be repeated. */
export interface Flag {
  /** Without its dashes. */
  readonly name: string
  /** One letter. */
  readonly short?: string
  /** What its value is called in help; without it, the flag takes none and means true. */
  readonly value?: string
}

type Leaf = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, object>>

/** Settings by key; a section nests. */
export type Section<T> = {
  readonly [K in keyof T]: T[K] extends Leaf ? Setting<T[K]> : Section<T[K]>
}

/** A section as code that knows no particular key sees it. */
export interface Tree {
  readonly [key: string]: Setting<unknown> | Tree
}

/** A setting with its path in the file and its environment variable. */
export interface Key extends Setting<unknown> {
  /** Dotted path: `spot.max_event`. */
  readonly path: string
  /** Environment variable, where there is one: `PKTSPOT_SPOT_MAX_EVENT`. */
  readonly variable: string | undefined
}

/** Tells a setting from a section. */
export function isSetting(entry: Setting<unknown> | Tree): entry is Setting<unknown> {
  return typeof entry.doc === 'string'
}

/** Lists all settings of a section, in its order. */
export function keysOf(section: Tree, prefix = ''): Key[] {
  return Object.entries(section).flatMap(([name, entry]) => {
    const path = prefix + name
    if (!isSetting(entry)) return keysOf(entry, `${path}.`)
    const variable = entry.fileOnly
      ? undefined
      : `PKTSPOT_${path.replaceAll('.', '_').toUpperCase()}`
    return [{ ...entry, path, variable }]
  })
}
