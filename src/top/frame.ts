// SPDX-License-Identifier: Apache-2.0
import type { CountedGroup } from '../groups/views.ts'
import { sumOf, type Traffic } from './traffic.ts'

/** Traffic of one key. */
export interface KeyTraffic extends Traffic {
  /** Names the key within its group. */
  readonly id: string
  readonly key: readonly bigint[]
}

/** Traffic of one group's keys; what no key has is `total` less their sum. */
export interface GroupTraffic {
  readonly total: Traffic
  /** Of a closed group every key there is, in its order; otherwise those known, in none. */
  readonly keys: readonly KeyTraffic[]
}

/** What one interface, or several together, counted. */
export interface Tally {
  readonly total: Traffic
  /** Frames that could not be counted since the start. */
  readonly lost: number
  /** In the order of the program's groups. */
  readonly groups: readonly GroupTraffic[]
}

/** What one interface counted. */
export interface InterfaceTally extends Tally {
  readonly name: string
  /** How it is counted; `gone` while the interface has vanished. */
  readonly mode: string
  /** What it transmitted, where that is counted. */
  readonly transmit?: Pick<InterfaceTally, 'total' | 'lost' | 'mode'>
}

/** All interfaces at the end of one interval. */
export interface Frame {
  readonly time: Date
  readonly interfaces: readonly InterfaceTally[]
}

/** Adds interfaces up, key by key. */
export function together(interfaces: readonly Tally[]): Tally {
  const [first, ...rest] = interfaces
  if (first && rest.length === 0) return first
  return {
    total: sumOf(interfaces.map(({ total }) => total)),
    lost: interfaces.reduce((sum, { lost }) => sum + lost, 0),
    groups: (first?.groups ?? []).map((_, index) =>
      joined(interfaces.flatMap(({ groups }) => groups[index] ?? [])),
    ),
  }
}

function joined(groups: readonly GroupTraffic[]): GroupTraffic {
  const keys = new Map<string, KeyTraffic>()
  for (const each of groups.flatMap((group) => group.keys)) {
    const known = keys.get(each.id)
    keys.set(each.id, known ? { ...each, ...sumOf([known, each]) } : each)
  }
  return { total: sumOf(groups.map(({ total }) => total)), keys: [...keys.values()] }
}

/** Whether all keys of a group are known, so that they keep their order. */
export function isClosed({ closedKeys }: CountedGroup): boolean {
  return closedKeys !== undefined
}
