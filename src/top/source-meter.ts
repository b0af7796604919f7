// SPDX-License-Identifier: Apache-2.0
import type { KeptSource } from '../capture/kept.ts'
import type { Reading } from '../counters/reading.ts'
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
export type Metered = Pick<
  KeptSource,
  'name' | 'mode' | 'transmit' | 'up' | 'catalog' | 'look' | 'groups'
>

/** Follows a source from now on; its groups are those given, in the same order. `now`: monotonic milliseconds. */
export function sourceMeter(
  source: Metered,
  counted: readonly CountedGroup[],
  now: () => number,
): SourceMeter {
  const slot = (name: string): number => source.catalog.find(name)?.index ?? -1
  const [packets, bytes] = [slot('PKTS'), slot('BYTES')]
  const begun = source.look()
  const since = (now: Reading, then: Reading | undefined): { count: Count; lost: bigint } => {
    const rise = (at: number): bigint => (now.slots[at] ?? 0n) - (then?.slots[at] ?? 0n)
    const count = { packets: rise(packets), bytes: rise(bytes) }
    return { count, lost: now.lost - (then?.lost ?? 0n) }
  }
  const look = () => {
    const { transmit, ...received } = source.look()
    return {
      ...since(received, begun),
      ...(transmit && { sent: since(transmit, begun.transmit) }),
    }
  }
  const groups = source.groups.flatMap((table, index) => {
    const group = counted[index]
    return group ? [groupMeter(group, table, now())] : []
  })
  let before = look()
  let last = now()
  return {
    read() {
      const own = look()
      const at = now()
      const seconds = (at - last) / 1000
      const total = trafficBetween(before.count, own.count, seconds)
      const sent = own.sent && trafficBetween(before.sent?.count, own.sent.count, seconds)
      before = own
      last = at
      return {
        name: source.name,
        mode: source.up ? source.mode : 'gone',
        total,
        lost: Number(own.lost),
        ...(sent && {
          transmit: {
            total: sent,
            lost: Number(own.sent?.lost ?? 0n),
            mode: source.up ? (source.transmit ?? 'gone') : 'gone',
          },
        }),
        groups: groups.map((group) => group.read(now())),
      }
    },
  }
}
