// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../latest.ts'
import { hostDropBlocks, interfaceDropBlocks } from '../prometheus/drop-families.ts'
import type { WatchedDrops } from '../watched-drops.ts'
import { type Measured, measure } from './measured.ts'

/** Measures what /metrics tells of drops. */
export function measureDrops(
  drops: WatchedDrops,
  { sources }: Pick<Latest, 'sources'>,
): Measured[] {
  const host = drops.host()
  const found = drops.interfaces(sources.map(({ name }) => name))
  return [
    ...measure(hostDropBlocks(host.reasons.keys()), host),
    ...[...found].flatMap(([name, each]) => measure(interfaceDropBlocks(name), each)),
  ]
}
