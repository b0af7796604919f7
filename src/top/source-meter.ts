// SPDX-License-Identifier: Apache-2.0
import type { KeptSource } from '../capture/kept.ts'
import type { CountedGroup } from '../groups/views.ts'
import type { InterfaceTally } from './frame.ts'
import { groupMeter } from './group-meter.ts'
import { type Count, trafficBetween } from './traffic.ts'

/** Reads one interface once an interval. */
export interface SourceMeter {
  /** Ends the interval; the first one begins when the meter is made, so its rates are of that time alone. */
  read(): InterfaceTally
}

/** What a meter reads of a source. */
export type Metered = Pick<KeptSource, 'name' | 'mode' | 'up' | 'catalog' | 'look' | 'groups'>

/** Follows a source from now on; its groups are those given, in the same order. `now`: monotonic milliseconds. */
export function sourceMeter(
  source: Metered,
  counted: readonly CountedGroup[],
  now: () => number,
): SourceMeter {
  const slot = (name: string): number => source.catalog.find(name)?.index ?? -1
  const [packets, bytes] = [slot('PKTS'), slot('BYTES')]
  const begun = source.look()
  const look = (): { count: Count; lost: bigint } => {
    const { slots, lost } = source.look()
    const since = (at: number): bigint => (slots[at] ?? 0n) - (begun.slots[at] ?? 0n)
    return { count: { packets: since(packets), bytes: since(bytes) }, lost: lost - begun.lost }
  }
  const groups = source.groups.flatMap((table, index) => {
    const group = counted[index]
    return group ? [groupMeter(group, table, now())] : []
  })
  let before = look().count
  let last = now()
  return {
    read() {
      const { count, lost } = look()
      const at = now()
      const total = trafficBetween(before, count, (at - last) / 1000)
      before = count
      last = at
      return {
        name: source.name,
        mode: source.up ? source.mode : 'gone',
        total,
        lost: Number(lost),
        groups: groups.map((group) => group.read(now())),
      }
    },
  }
}
