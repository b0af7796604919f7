// SPDX-License-Identifier: Apache-2.0
import { keyValues } from '../../groups/key-text.ts'
import type { GroupScrape } from '../../groups/views.ts'
import {
  allBlocks,
  groupInfoBlock,
  keyBlocks,
  keyInfoBlocks,
  otherBlocks,
} from '../prometheus/group-families.ts'
import { groupHealthBlocks } from '../prometheus/group-health-families.ts'
import type { WatchedGroups } from '../watched-groups.ts'
import { type Measured, measure } from './measured.ts'

/** Measures everything that /metrics tells of counter groups, each source's from one look. */
export function measureGroups(watched: WatchedGroups): Measured[] {
  const looks = watched.sources().map((each) => ({ each, scrapes: each.scrape() }))
  const counts = looks.flatMap(({ each, scrapes }) =>
    scrapes.flatMap((scrape) => countsOf(each.source, scrape)),
  )
  const healths = looks.flatMap(({ each }) =>
    each
      .health()
      .flatMap((health) => measure(groupHealthBlocks(each.source, health.group.name), health)),
  )
  const scrapes = looks.flatMap((look) => look.scrapes)
  return [...counts, ...infos(scrapes, watched), ...healths]
}

function countsOf(source: string, scrape: GroupScrape): Measured[] {
  const { group, keys, other, total } = scrape
  return [
    ...keys.flatMap((key) => measure(keyBlocks(scrape, source, keyValues(group, key.key)), key)),
    ...measure(otherBlocks(scrape, source), { sums: other, gauges: [] }),
    ...measure(allBlocks(scrape, source), { sums: total, gauges: [] }),
  ]
}

/* once, however many sources count the same group and key */
function infos(scrapes: readonly GroupScrape[], watched: WatchedGroups): Measured[] {
  const found = new Map<string, Measured[]>()
  for (const { group, keys } of scrapes) {
    found.set(group.guid, measure([groupInfoBlock(group)], undefined))
    const label = watched.labeller(group)
    for (const { key } of keys) {
      const blocks = keyInfoBlocks(group, keyValues(group, key), label)
      found.set(`${group.guid} ${key.join()}`, measure(blocks, undefined))
    }
  }
  return [...found.values()].flat()
}
