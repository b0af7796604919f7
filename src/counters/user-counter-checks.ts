// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../settings/counter-groups-faults.ts'
import type { UserCounter } from '../settings/counters.ts'
import { nearest } from '../settings/suggest.ts'
import type { Catalog } from './catalog.ts'
import { MOST_COUNTERS, MOST_UNIQUE, metricOf } from './user-counters.ts'

/** What users' counters are checked against. */
export interface CounterSurroundings {
  /** Counters that there are without them. */
  readonly catalog: Catalog
  /** Names of the fields of packets. */
  readonly fields: readonly string[]
}

type Path = GroupObjection['path']

/** Finds what is wrong with counters by filters beyond their form and their filters. */
export function counterObjections(
  items: readonly UserCounter[],
  { catalog, fields }: CounterSurroundings,
): readonly GroupObjection[] {
  const layers = [...new Set([...catalog].flatMap((counter) => counter.layers))].filter(
    (layer) => layer !== 'CLOCK',
  )
  const sketches = items.flatMap(({ unique }, index) => (unique === undefined ? [] : [index]))
  return [
    ...items.slice(MOST_COUNTERS, MOST_COUNTERS + 1).map(() => ({
      path: [MOST_COUNTERS],
      got: `${items.length} counters`,
      expected: `at most ${MOST_COUNTERS}`,
    })),
    ...sketches.slice(MOST_UNIQUE, MOST_UNIQUE + 1).map((index) => ({
      path: [index, 'unique'],
      got: 'one more',
      expected: `at most ${MOST_UNIQUE} counters of different values`,
    })),
    ...items.flatMap((item, index) => [
      ...checkName(item, items.slice(0, index), catalog, [index, 'name']),
      ...checkWord(item.layer, layers, [index, 'layer'], {
        expected: `one of ${layers.join(', ')}`,
      }),
      ...(item.unique === undefined
        ? []
        : checkWord(item.unique, fields, [index, 'unique'], {
            expected: 'the name of a field',
            remedy: 'see pktspot list fields',
          })),
      ...(item.unique === undefined || item.add === undefined
        ? []
        : [{ path: [index, 'unique'], got: 'add and unique', expected: 'one of the two' }]),
    ]),
  ]
}

function checkName(
  item: UserCounter,
  earlier: readonly UserCounter[],
  catalog: Catalog,
  path: Path,
): GroupObjection[] {
  const { name } = item
  const remedy = 'choose another name'
  if (catalog.find(name) || earlier.some((each) => each.name === name)) {
    return [{ path, got: name, expected: 'a name that no other counter has', remedy }]
  }
  const metric = metricOf(item)
  const same =
    [...catalog].find((each) => each.metric === metric) ??
    earlier.find((each) => metricOf(each) === metric)
  if (!same) return []
  const expected = `a name whose metric is its own; ${same.name} gives pktspot_receive_${metric} already`
  return [{ path, got: name, expected, remedy }]
}

function checkWord(
  word: string,
  words: readonly string[],
  path: Path,
  advice: { readonly expected: string; readonly remedy?: string },
): GroupObjection[] {
  return words.includes(word) ? [] : [{ path, got: word, near: nearest(word, words), ...advice }]
}
