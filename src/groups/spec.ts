// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import type { CellValue, GroupSpec, KeyField } from '../capture/group-table.ts'
import type { PrivacySettings } from '../settings/privacy.ts'
import { type CellOf, cellPlan } from './cells.ts'
import type { Group, Key } from './group.ts'
import { fieldsOf, keyWords } from './key-text.ts'
import { layerBits } from './layers.ts'
import { layoutOf } from './layout.ts'
import type { CountedGroup } from './views.ts'

/** What a group's counting depends on besides the group. */
export interface SpecContext {
  readonly privacy: PrivacySettings
  /** Fields that the core knows. */
  readonly fields: readonly KeyField[]
  /** Seed of the hashes. */
  readonly seed: bigint
  /** Bits among a packet's matches: that of the group's filter, and the first of its rules. */
  readonly bits?: { readonly filter?: number; readonly rules?: number }
}

/** HyperLogLog's precision: a standard error of 1.6 %. */
const UNIQUE_BITS = 12

/** Class of values that no set has. */
const NO_CLASS = 255

/** Says in the core's terms how a group counts; throws RangeError on what settings should have refused. */
export function groupSpec(group: Group, context: SpecContext): GroupSpec {
  const { key, limits, meters, closed, direction } = group
  const { privacy, fields, seed, bits } = context
  if (group.filter !== undefined && bits?.filter === undefined) {
    throw new RangeError(`group ${group.name}: its filter has no bit`)
  }
  if (key.rules && bits?.rules === undefined) {
    throw new RangeError(`group ${group.name}: its rules have no bits`)
  }
  const index = (name: string): number => {
    const field = fields.find((each) => each.name === name)
    if (!field) throw new RangeError(`group ${group.name}: no field of packets is named ${name}`)
    return field.index
  }
  const value = (of: CellOf): CellValue => (typeof of === 'string' ? of : index(of.field))
  const plan = cellPlan(meters)
  const ranked = meters.find(({ topN }) => topN > 0)
  const classes = classesOf(key)
  return {
    ...(direction && { direction }),
    layers: layerBits(group.layer),
    filter: bits?.filter ?? -1,
    fields: key.fields.map(index),
    prefix4: Math.min(key.prefix.ipv4, privacy.ipv4_prefix),
    prefix6: Math.min(key.prefix.ipv6, privacy.ipv6_prefix),
    ...(classes && { classes }),
    ...(key.rules && { rules: { first: bits?.rules ?? 0, count: key.rules.length } }),
    adds: plan.adds.map(value),
    extremes: plan.extremes.map(({ of, keep }) => ({ value: value(of), keep })),
    uniques: plan.uniques.map(index),
    uniqueBits: UNIQUE_BITS,
    rank: (ranked && plan.meters[ranked.id]?.sum) ?? 0,
    slots: closed?.length ?? Math.max(1, limits.maxSeries),
    tracked: closed || !ranked ? 0 : limits.tracked,
    seed,
  }
}

/** Joins a group with how it is counted. */
export function countedGroup(group: Group, context: SpecContext): CountedGroup {
  const cells = cellPlan(group.meters).meters
  const counting = groupSpec(group, context)
  const spec = { ...counting, identity: identityOf({ group, spec: counting, cells }) }
  if (!group.closed) return { group, spec, cells }
  const closedKeys = group.closed.map((text) => {
    const words = keyWords(group, text)
    if (!words) throw new RangeError(`group ${group.name}: ${text} is no key of it`)
    return words
  })
  return { group, spec, cells, closedKeys }
}

/** Names a group with what it counts by and the core's terms do not say: texts of filters, the known keys, rises. */
function identityOf(counted: CountedGroup): string {
  const { guid, filter, key, closed } = counted.group
  const rules = key.rules?.map((rule) => rule.if)
  const text = JSON.stringify([filter, rules, closed, layoutOf(counted).rises])
  return `${guid} ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

/** Cuts a group's addresses to what may be shown, in its keys' text too. */
export function withPrivacy(group: Group, privacy: PrivacySettings): Group {
  const { prefix } = group.key
  const ipv4 = Math.min(prefix.ipv4, privacy.ipv4_prefix)
  const ipv6 = Math.min(prefix.ipv6, privacy.ipv6_prefix)
  return { ...group, key: { ...group.key, prefix: { ipv4, ipv6 } } }
}

/** Tables the class of every value of the only field. */
function classesOf(key: Key): Uint8Array | undefined {
  if (!key.ranges && !key.keysets) return undefined
  const [field] = fieldsOf(key.fields)
  const classes = new Uint8Array(2 ** (field?.bits ?? 16)).fill(NO_CLASS)
  const sets = [...(key.keysets?.values() ?? [])]
  for (const value of classes.keys()) {
    const at = key.ranges
      ? key.ranges.findIndex((bound) => value <= bound)
      : sets.findIndex((set) => set.some((each) => within(value, each)))
    if (at >= 0) classes[value] = at
    else if (key.ranges) classes[value] = key.ranges.length
  }
  return classes
}

function within(value: number, each: number | readonly [number, number]): boolean {
  return typeof each === 'number' ? value === each : each[0] <= value && value <= each[1]
}
