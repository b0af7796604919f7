// SPDX-License-Identifier: Apache-2.0
/* Processor time a packet that plugins' counters and groups add, fed from a capture in memory. */
import { captureFile } from '../../src/capture/pcap-file.ts'
import { columns } from '../../src/commands/columns.ts'
import { withSums } from '../../src/counters/added-sums.ts'
import { fedGroup } from '../../src/groups/own-group.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { pluginCounting } from '../../src/plugins/counting.ts'
import type { PluginCounter } from '../../src/plugins/define.ts'
import { pluginFeed } from '../../src/plugins/feed.ts'
import { type Part, partOf } from '../../src/plugins/part.ts'
import type { TcpView } from '../../src/plugins/views.ts'
import { memoryInput } from '../capture/memory-input.ts'
import { ethernet, FLAG, ipv4, PROTOCOL, padded, TYPE, tcp } from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { spread } from './support/spread.ts'

const ROUNDS = 7
const PACKETS = 20_000
const COPIES = 10

const silent = () => undefined
const frames = Array.from({ length: PACKETS }, (_, index) => ({
  at: BigInt(index),
  data: padded(
    ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(1024 + (index % 50_000), 443, FLAG.ack))),
  ),
}))
const once = pcap(frames)
const file = new Uint8Array(24 + COPIES * (once.length - 24))
for (let copy = 0; copy < COPIES; copy++) {
  file.set(once.subarray(copy === 0 ? 0 : 24), copy === 0 ? 0 : 24 + copy * (once.length - 24))
}

function counter<L extends 'TCP' | 'ARP'>(
  layer: L,
  index: number,
  see: PluginCounter<L>['process'],
) {
  let count = 0
  const reset = () => {
    count = 0
  }
  const process: PluginCounter<L>['process'] = (view) => {
    count++
    see(view)
  }
  const definition = { name: `C${index}`, layer, help: 'Bench', value: () => count, reset, process }
  return pluginCounting(definition, 'bench.mjs', silent)
}

function counters(count: number): Part[] {
  return Array.from({ length: count }, (_, index) => {
    const seen = { resets: 0 }
    return counter('TCP', index, ({ flags = 0 }) => {
      if (flags & FLAG.rst) seen.resets++
    }).part
  })
}

function group(): Part {
  const { update } = createUpdateGroup(
    fedGroup({
      control: { guid: '{5A1E7B60-1111-4222-8333-123456789ABC}', name: 'bench', description: 'b' },
      meters: [{ id: 0, vartype: 'COUNTER', name: 'Pkts', description: 'packets', units: 'Pkts' }],
    }),
  )
  const process = ({ sourcePort = 0 }: TcpView) => update(`p${sourcePort % 1000}`, 0, 1)
  return partOf({ path: 'bench.mjs', kind: 'group', name: 'bench', layer: 'TCP', process }, silent)
}

const CASES: Readonly<Record<string, () => readonly Part[]>> = {
  'no plugin': () => [],
  'a counter of a layer that is not there': () => [counter('ARP', 0, silent).part],
  'a counter that counts': () => [counter('TCP', 0, silent).part],
  'a counter that reads the flags': () => counters(1),
  '8 counters that read the flags': () => counters(8),
  'a counter that reads source as text': () => {
    const seen = { length: 0 }
    const process = (view: { readonly source: string }) => {
      seen.length += view.source.length
    }
    return [partOf({ path: '', kind: 'counter', name: 'T', layer: 'IP', process }, silent)]
  },
  'a group of 1,000 keys': () => [group()],
}

async function measure(parts: readonly Part[]): Promise<number> {
  const feed = pluginFeed({ counters: [], groups: [], parts }, { missed: 0n }, silent)
  const sums = parts.length > 0 ? [feed] : []
  const catalog = withSums(loadCatalog(), [])
  await using source = captureFile('bench', memoryInput(file), { catalog, sums })
  const start = process.cpuUsage()
  await source.totals()
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1000) / (PACKETS * COPIES)
}

const taken = new Map(Object.keys(CASES).map((name) => [name, [] as number[]]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, parts] of Object.entries(CASES)) taken.get(name)?.push(await measure(parts()))
}
const least = [...taken].map(([name, times]) => ({ name, ns: spread(times).minimum }))
const [{ ns: none } = { ns: 0 }] = least
console.log(`least of ${ROUNDS} rounds of ${PACKETS * COPIES} packets, ns a packet`)
console.log(
  columns(
    ['', 'ns', 'more'],
    least.map(({ name, ns }) => [name, ns.toFixed(0), `+${(ns - none).toFixed(0)}`]),
  ),
)
