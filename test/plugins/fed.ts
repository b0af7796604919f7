// SPDX-License-Identifier: Apache-2.0
import { captureFile } from '../../src/capture/pcap-file.ts'
import { withSums } from '../../src/counters/added-sums.ts'
import type { Window } from '../../src/counters/window.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { pluginCounting } from '../../src/plugins/counting.ts'
import type { PluginCounter } from '../../src/plugins/define.ts'
import { type FeedStanding, pluginFeed } from '../../src/plugins/feed.ts'
import type { PluginLayer } from '../../src/plugins/views.ts'
import { memoryInput } from '../capture/memory-input.ts'
import { type Frame, pcap } from '../support/pcap.ts'

/** What came of feeding frames to counters. */
export interface Fed {
  readonly windows: readonly Window[]
  readonly warnings: readonly string[]
  readonly standing: FeedStanding
}

/** Feeds frames, or a capture file, to counters as replay does, by windows of a second. */
export async function feedTo(
  // biome-ignore lint/suspicious/noExplicitAny: counters of different layers
  counters: readonly PluginCounter<any>[],
  frames: readonly Frame[] | Uint8Array,
): Promise<Fed> {
  const warnings: string[] = []
  const countings = counters.map((each) =>
    pluginCounting(each, 'my.mjs', (line) => warnings.push(line)),
  )
  const parts = countings.map(({ part }) => part)
  const standing: FeedStanding = { missed: 0n }
  const feed = pluginFeed({ counters: countings, groups: [], parts }, standing, () => undefined)
  const added = counters.map(({ name, layer, help, unit = 'packets' }) => {
    return { name, layer, help, unit }
  })
  const bytes = frames instanceof Uint8Array ? frames : pcap(frames)
  await using file = captureFile('fed', memoryInput(bytes), {
    catalog: withSums(loadCatalog(), added),
    sums: [feed],
  })
  const windows: Window[] = []
  for await (const window of file.windows(1, new AbortController().signal)) windows.push(window)
  return { windows, warnings, standing }
}

/** Sums a counter over windows. */
export function sumOf(windows: readonly Window[], name: string): bigint {
  return windows.reduce((sum, window) => sum + BigInt(window.exact(name)), 0n)
}

/** A counter that counts packets and shows each to a function. */
export function seeing<L extends PluginLayer>(
  name: string,
  layer: L,
  see: PluginCounter<L>['process'],
): PluginCounter<L> {
  let count = 0
  return {
    name,
    layer,
    help: 'Packets seen',
    value: () => count,
    reset() {
      count = 0
    },
    process(view) {
      count++
      see(view)
    },
  }
}
