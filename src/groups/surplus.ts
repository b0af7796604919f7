// SPDX-License-Identifier: Apache-2.0
import type { Series } from './series.ts'

/** Series that are too many since the limit was lowered: those that count, the worst last in the top first. */
export function surplus(
  shown: ReadonlyMap<string, Series>,
  place: ReadonlyMap<string, number>,
  most: number,
): Series[] {
  const rank = ({ id }: Series): number => place.get(id) ?? place.size
  const living = [...shown.values()].filter(({ phase }) => phase !== 'draining')
  return living.sort((a, b) => rank(a) - rank(b)).slice(most)
}
