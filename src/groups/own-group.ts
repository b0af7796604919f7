// SPDX-License-Identifier: Apache-2.0
import type { FedGroupSetting, GroupSetting } from '../settings/counter-groups.ts'
import type { KeySetting } from '../settings/counter-groups-key.ts'
import type { MeterSetting } from '../settings/counter-groups-meters.ts'
import { BUCKET_SECONDS, closedKeys, usualLimits, WHOLE_ADDRESSES } from './definition.ts'
import type { Group, Key, Measure, Meter } from './group.ts'
import { unitMeasure } from './names.ts'
import type { Vartype } from './vartype.ts'

/** Makes a group of what users write; what they leave out is as usual. */
export function ownGroup({ control, filter, key, meters, keyinfo, limits }: GroupSetting): Group {
  const made = meters.map(ownMeter)
  const usual = usualLimits(made)
  const ownKey = keyOf(key)
  const closed = closedKeys(ownKey)
  return {
    guid: control.guid.toUpperCase(),
    name: control.name,
    description: control.description,
    bucketSeconds: control.bucketsize ?? BUCKET_SECONDS,
    ...(control.resolver_guid && { resolverGuid: control.resolver_guid.toUpperCase() }),
    ...(control.direction && control.direction !== 'receive' && { direction: control.direction }),
    ...(control.layer && { layer: control.layer }),
    ...(filter && { filter }),
    key: ownKey,
    ...(closed && { closed }),
    meters: made,
    keyinfo: new Map(Object.entries(keyinfo ?? {})),
    limits: {
      tracked: limits?.tracked ?? usual.tracked,
      maxSeries: limits?.max_series ?? usual.maxSeries,
      hold: limits?.hold ?? usual.hold,
      linger: limits?.linger ?? usual.linger,
    },
  }
}

/** Makes a group of what a plugin writes that feeds it: its keys are texts. */
export function fedGroup(setting: FedGroupSetting): Group {
  const group = ownGroup({ ...setting, key: {} })
  return { ...group, meters: group.meters.map((each) => ({ ...each, measure: { of: 'update' } })) }
}

/** What a meter measures; undefined when it does not say. */
export function measureOf({ value, unique, units }: MeterSetting): Measure | undefined {
  if (unique !== undefined) return { of: 'unique', field: unique }
  if (value !== undefined) return { of: 'field', field: value }
  const of = unitMeasure(units ?? '')
  return of && { of }
}

function ownMeter(meter: MeterSetting): Meter {
  return {
    id: meter.id,
    vartype: meter.vartype as Vartype,
    topN: meter.top_n ?? 10,
    bottomN: meter.bottom_n ?? 0,
    name: meter.name,
    description: meter.description,
    units: meter.units ?? '',
    measure: measureOf(meter) ?? { of: 'frames' },
  }
}

function keyOf({ fields, prefix, ranges, keysets, rules }: KeySetting): Key {
  const bits = typeof prefix === 'number' ? { ipv4: prefix } : prefix
  return {
    fields: fields ?? [],
    prefix: { ...WHOLE_ADDRESSES, ...bits },
    ...(ranges && { ranges }),
    ...(keysets && { keysets: new Map(Object.entries(keysets)) }),
    ...(rules && { rules }),
  }
}
