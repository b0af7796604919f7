// SPDX-License-Identifier: Apache-2.0
import type { Group } from '../../groups/group.ts'
import { keyValues } from '../../groups/key-text.ts'
import type { GroupHealth, GroupScrape } from '../../groups/views.ts'
import type { WatchedGroups } from '../watched-groups.ts'
import type { Collector } from './collector.ts'
import { compileCache } from './compile-cache.ts'
import { compile, encode, type Part } from './encode.ts'
import {
  allBlocks,
  type Counts,
  groupInfoBlock,
  keyBlocks,
  keyInfoBlocks,
  otherBlocks,
} from './group-families.ts'
import { groupHealthBlocks } from './group-health-families.ts'

/** One look at a group of a source. */
interface Look {
  readonly source: string
  readonly scrape: GroupScrape
}

/** Writes every group of every source, each from one look at its table; then what the keys are called and how each group fares. */
export function groupCollector(watched: WatchedGroups): Collector {
  const numberOf = numbering()
  const keys = compileCache(({ source, scrape, key }: Look & { key: readonly bigint[] }) =>
    keyBlocks(scrape, source, keyValues(scrape.group, key)).map(compile),
  )
  const others = compileCache(({ source, scrape }: Look) =>
    otherBlocks(scrape, source).map(compile),
  )
  const totals = compileCache(({ source, scrape }: Look) => allBlocks(scrape, source).map(compile))
  const infos = compileCache((group: Group) => [compile(groupInfoBlock(group))])
  const keyInfos = compileCache(({ group, key }: { group: Group; key: readonly bigint[] }) =>
    keyInfoBlocks(group, keyValues(group, key), watched.labeller(group)).map(compile),
  )
  const healths = compileCache(({ source, group }: { source: string; group: string }) =>
    groupHealthBlocks(source, group).map(compile),
  )
  const caches = [keys, others, totals, infos, keyInfos, healths]

  function countsOf({ source, scrape }: Look): Part<Counts>[] {
    const { group, other, total } = scrape
    const at = `${numberOf(group)} ${source}`
    return [
      ...scrape.keys.map((exposed) => {
        const { key } = exposed
        return {
          blocks: keys.get(`${at} ${key.join()}`, { source, scrape, key }),
          subject: exposed,
        }
      }),
      { blocks: others.get(at, { source, scrape }), subject: { sums: other, gauges: [] } },
      { blocks: totals.get(at, { source, scrape }), subject: { sums: total, gauges: [] } },
    ]
  }
  /* once, however many sources count the same group and key */
  function infosOf(looks: readonly Look[]): Part<undefined>[] {
    const parts = new Map<string, Part<undefined>>()
    const subject = undefined
    for (const { scrape } of looks) {
      const { group } = scrape
      const at = String(numberOf(group))
      parts.set(at, { blocks: infos.get(at, group), subject })
      for (const { key } of scrape.keys) {
        const id = `${at} ${key.join()}`
        if (!parts.has(id)) parts.set(id, { blocks: keyInfos.get(id, { group, key }), subject })
      }
    }
    return [...parts.values()]
  }
  function healthOf(source: string, health: GroupHealth): Part<GroupHealth> {
    const group = health.group.name
    return { blocks: healths.get(`${group} ${source}`, { source, group }), subject: health }
  }
  return {
    name: 'groups',
    async collect(syntax) {
      const sources = watched.sources()
      const looks = sources.flatMap((each) =>
        each.scrape().map((scrape) => ({ source: each.source, scrape })),
      )
      const standings = sources.flatMap((each) =>
        each.health().map((health) => healthOf(each.source, health)),
      )
      const counts = looks.flatMap(countsOf)
      const names = infosOf(looks)
      for (const cache of caches) cache.sweep()
      const texts = [
        await encode(counts, syntax),
        await encode(names, syntax),
        await encode(standings, syntax),
      ]
      return { text: texts.join(''), complete: true }
    },
  }
}

/** Numbers groups: a reload makes new ones, and what was compiled of those before no longer holds. */
function numbering(): (group: Group) => number {
  const numbers = new WeakMap<Group, number>()
  let latest = 0
  return (group) => {
    const number = numbers.get(group) ?? ++latest
    numbers.set(group, number)
    return number
  }
}
