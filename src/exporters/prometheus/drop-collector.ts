// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../latest.ts'
import type { WatchedDrops } from '../watched-drops.ts'
import type { Collector } from './collector.ts'
import { compileCache } from './compile-cache.ts'
import { hostDropBlocks, interfaceDropBlocks } from './drop-families.ts'
import { compile, encode } from './encode.ts'

/** Writes what is dropped on the host and at the interfaces that are counted. */
export function dropCollector(drops: WatchedDrops, latest: Pick<Latest, 'sources'>): Collector {
  const hosts = compileCache((reasons: readonly string[]) => hostDropBlocks(reasons).map(compile))
  const interfaces = compileCache((name: string) => interfaceDropBlocks(name).map(compile))
  return {
    name: 'drops',
    async collect(syntax) {
      const host = drops.host()
      const reasons = [...host.reasons.keys()]
      const whole = { blocks: hosts.get(reasons.join(), reasons), subject: host }
      const found = drops.interfaces(latest.sources.map(({ name }) => name))
      const parts = [...found].map(([name, subject]) => {
        return { blocks: interfaces.get(name, name), subject }
      })
      hosts.sweep()
      interfaces.sweep()
      const texts = [await encode([whole], syntax), await encode(parts, syntax)]
      return { text: texts.join(''), complete: host.softnet !== undefined }
    },
  }
}
