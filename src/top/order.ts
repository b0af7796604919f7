// SPDX-License-Identifier: Apache-2.0
import { compareKeys } from '../groups/bucket.ts'
import type { KeyTraffic } from './frame.ts'

/** What keys can be put in order by, in the order that a key press goes through them. */
export const ORDERS = ['packets', 'bytes', 'rate'] as const

export type Order = (typeof ORDERS)[number]

/** Puts keys in falling order; of ties the one with more packets first, then the smaller key. */
export function ordered(keys: readonly KeyTraffic[], order: Order): KeyTraffic[] {
  const rank = (each: KeyTraffic): number =>
    order === 'bytes' ? each.bytes : order === 'packets' ? each.packets : known(each)
  return keys.toSorted(
    (a, b) => rank(b) - rank(a) || b.packets - a.packets || compareKeys(a.key, b.key),
  )
}

/* before the first interval has ended no rate is known */
function known({ packetsPerSecond }: KeyTraffic): number {
  return Number.isNaN(packetsPerSecond) ? 0 : packetsPerSecond
}
