// SPDX-License-Identifier: Apache-2.0
import { isClassed } from './fields.ts'
import type { Group, Key, Limits, Meter } from './group.ts'
import { classNames } from './key-text.ts'

/** A built-in group; what is left out is as usual. */
export interface Definition
  extends Omit<Group, 'bucketSeconds' | 'key' | 'meters' | 'keyinfo' | 'limits'> {
  /** Whether it counts unless it is switched off. */
  readonly on?: true
  readonly key: Omit<Key, 'prefix'> & { readonly prefix?: Key['prefix'] }
  readonly keyinfo?: Group['keyinfo']
}

/** A group that comes with the program. */
export interface BuiltinGroup extends Group {
  readonly on: boolean
}

export const BUCKET_SECONDS = 60
export const WHOLE_ADDRESSES: Key['prefix'] = { ipv4: 32, ipv6: 128 }

/** Packets and bytes, ten keys of each. */
export const USUAL_METERS: readonly Meter[] = [
  {
    id: 0,
    vartype: 'COUNTER',
    topN: 10,
    bottomN: 0,
    name: 'Packets',
    description: 'Packets',
    units: 'Pkts',
    measure: { of: 'frames' },
  },
  {
    id: 1,
    vartype: 'RATE_COUNTER',
    topN: 10,
    bottomN: 0,
    name: 'Bytes',
    description: 'Bytes of frames without FCS',
    units: 'B',
    measure: { of: 'bytes' },
  },
]

/** Bounds of a group with these meters, unless it has its own. */
export function usualLimits(meters: readonly Meter[]): Limits {
  const topN = Math.max(0, ...meters.map((meter) => meter.topN))
  return { tracked: 4096, maxSeries: 4 * topN, hold: 60, linger: 3 }
}

/** Declares a built-in group: packets and bytes by a key. */
export function group(definition: Definition): BuiltinGroup {
  const key = { prefix: WHOLE_ADDRESSES, ...definition.key }
  const closed = closedKeys(key)
  return {
    on: false,
    bucketSeconds: BUCKET_SECONDS,
    meters: USUAL_METERS,
    keyinfo: new Map(),
    limits: usualLimits(USUAL_METERS),
    ...(closed && { closed }),
    ...definition,
    key,
  }
}

/** Tells all keys there are, where the key's own definition names them. */
export function closedKeys(key: Key): readonly string[] | undefined {
  return isClassed(key) ? classNames({ key }) : undefined
}
