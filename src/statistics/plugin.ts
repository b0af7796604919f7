// SPDX-License-Identifier: Apache-2.0
import type { Statistic, Values } from './statistic.ts'

/** A statistic as plugins write it; name, counters and computation are all it needs. */
export type PluginStatistic<C extends readonly string[] = readonly string[]> = Described<C> &
  (
    | { readonly requirement: C; readonly counters?: never }
    | { readonly counters: C; readonly requirement?: never }
  )

interface Described<C extends readonly string[]> {
  /** A letter and up to 63 letters, digits and _. */
  readonly name: string
  /** What it tells, without a full stop. */
  readonly help?: string
  readonly unit?: string
  /** Tails that are monitored unless settings say otherwise: the upper one unless given. */
  readonly tails?: readonly ('lower' | 'upper')[]
  /** Where its values end by their nature, such as shares at 0 and 1: no threshold lies beyond. */
  readonly range?: { readonly lowest?: number; readonly highest?: number }
  /**
   * Computes the value from the counters' values in the order of the requirement, the window's length
   * in seconds and the values of the window before (undefined in the first); NaN when this window says
   * nothing.
   */
  compute(values: Values<C>, seconds: number, previous: Values<C> | undefined): number
}

/** Declares a plugin's statistic; the counters' names type the values. */
export function defineStatistic<const C extends readonly string[]>(
  definition: PluginStatistic<C>,
): PluginStatistic<C> {
  return definition
}

/** Makes a statistic of a plugin's; what is no number it computes throws TypeError. */
export function fromPlugin(plugin: PluginStatistic): Statistic {
  const { name, help = '', unit = '', tails = ['upper'], range } = plugin
  return {
    name,
    help,
    unit,
    counters: [...(plugin.requirement ?? plugin.counters)],
    tails: (['lower', 'upper'] as const).filter((tail) => tails.includes(tail)),
    ...(range && { range }),
    definition: String(plugin.compute),
    compute({ values, seconds, previous }) {
      const result: unknown = plugin.compute(values, seconds, previous)
      if (typeof result === 'number') return result
      /* nobody waits for a promise, so nobody may be hurt by its failure */
      if (result instanceof Promise) result.catch(() => undefined)
      const got = result instanceof Promise ? 'a promise' : `${typeof result}`
      throw new TypeError(`compute must return a number, not ${got}`)
    },
  }
}
