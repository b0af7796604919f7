// SPDX-License-Identifier: Apache-2.0
import type { Group } from '../../groups/group.ts'
import { keyValues } from '../../groups/key-text.ts'
import type { GroupHealth, GroupScrape } from '../../groups/views.ts'
import type { WatchedGroups } from '../watched-groups.ts'
import type { Collector } from './collector.ts'
import { compileCache } from './compile-cache.ts'
import { compile, encode, gather, type Part } from './encode.ts'
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

  async function countsOf({ source, scrape }: Look): Promise<Part<Counts>[]> {
    const { group, other, total } = scrape
    const at = `${numberOf(group)} ${source}`
    const shown = await gather(scrape.keys, (exposed): Part<Counts>[] => {
      const { key } = exposed
      const blocks = keys.get(`${at} ${key.join()}`, { source, scrape, key })
      return [{ blocks, subject: exposed }]
    })
    return [
      ...shown,
      { blocks: others.get(at, { source, scrape }), subject: { sums: other, gauges: [] } },
      { blocks: totals.get(at, { source, scrape }), subject: { sums: total, gauges: [] } },
    ]
  }
  /* once, however many sources count the same group and key */
  async function infosOf(looks: readonly Look[]): Promise<Part<undefined>[]> {
    const told = new Set<string>()
    const once = (id: string, get: () => Part<undefined>['blocks']): Part<undefined>[] => {
      if (told.has(id)) return []
      told.add(id)
      return [{ blocks: get(), subject: undefined }]
    }
    const parts = []
    for (const { scrape } of looks) {
      const { group } = scrape
      const at = String(numberOf(group))
      parts.push(...once(at, () => infos.get(at, group)))
      const ofKeys = await gather(scrape.keys, ({ key }) => {
        const id = `${at} ${key.join()}`
        return once(id, () => keyInfos.get(id, { group, key }))
      })
      parts.push(...ofKeys)
    }
    return parts
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
      const counts: Part<Counts>[] = []
      for (const look of looks) counts.push(...(await countsOf(look)))
      const names = await infosOf(looks)
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
