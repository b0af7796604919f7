// SPDX-License-Identifier: Apache-2.0

/** One time that an alert was active, in unix milliseconds; null: it never came to that. */
export interface Episode {
  readonly pending: number
  readonly firing: number | null
  readonly resolved: number | null
  /** Value when it began to fire, or to be pending where it never fired. */
  readonly value: number
}

/** What `for` and `keep_firing_for` ask for, in milliseconds. */
export interface Holding {
  readonly holdFor: number
  readonly keepFiringFor: number
}

/**
 * Follows one alert through the evaluations of its rule (unix milliseconds, ascending), as Prometheus does: an expression
 * that holds makes it pending, fires it once it held for `for`, and no longer holding ends it, after `keep_firing_for`.
 */
export function episodes(
  evaluations: Iterable<number>,
  values: ReadonlyMap<number, number>,
  { holdFor, keepFiringFor }: Holding,
): Episode[] {
  const all: Episode[] = []
  let active: { pending: number; firing: number | null; value: number } | undefined
  let keptSince: number | undefined
  const end = (resolved: number | null): void => {
    if (active) all.push({ ...active, resolved })
    active = keptSince = undefined
  }
  for (const time of evaluations) {
    const value = values.get(time)
    if (value !== undefined) {
      keptSince = undefined
      active ??= { pending: time, firing: null, value }
      if (active.firing === null && time - active.pending >= holdFor) {
        active = { ...active, firing: time, value }
      }
    } else if (active) {
      if (active.firing === null) end(null)
      else {
        keptSince ??= time
        if (keepFiringFor === 0 || time - keptSince >= keepFiringFor) end(time)
      }
    }
  }
  end(null)
  return all
}
