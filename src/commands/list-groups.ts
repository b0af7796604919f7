// SPDX-License-Identifier: Apache-2.0
import { chosenGroups } from '../groups/enabled.ts'
import { FIELDS } from '../groups/fields.ts'
import type { Group, Key, Measure, Meter } from '../groups/group.ts'
import { keyLabels } from '../groups/key-text.ts'
import { groupMetric, type MeterFamily } from '../groups/names.ts'
import { VARTYPES } from '../groups/vartype.ts'
import type { Settings } from '../settings/settings.ts'
import { pluginsOf } from './plugins.ts'

/** Lists the groups that count, or all there are, with the keys that a settings file has. */
export async function groupRows(settings: Settings, wellKnown: boolean) {
  const { all, enabled } = await chosenGroups(settings, (await pluginsOf(settings)).groups)
  const on = new Set(enabled.map(({ guid }) => guid))
  return (wellKnown ? all : enabled).map((group) => ({
    name: group.name,
    enabled: on.has(group.guid),
    guid: group.guid,
    description: group.description,
    bucketsize: group.bucketSeconds,
    ...(group.resolverGuid !== undefined && { resolver_guid: group.resolverGuid }),
    ...(group.layer !== undefined && { layer: group.layer }),
    ...(group.filter !== undefined && { filter: group.filter }),
    key: keyRow(group.key),
    labels: keyLabels(group),
    ...(group.closed && { keys: group.closed }),
    meters: group.meters.map((meter) => meterRow(group, meter)),
    keyinfo: Object.fromEntries(group.keyinfo),
    limits: {
      tracked: group.limits.tracked,
      max_series: group.limits.maxSeries,
      hold: group.limits.hold,
      linger: group.limits.linger,
    },
  }))
}

/** Lists the fields that keys are made of. */
export function fieldRows() {
  return FIELDS.map(({ name, bits, label, kind, help }) => ({ name, bits, label, kind, help }))
}

/** Lists the vartypes that meters can have. */
export function vartypeRows() {
  return VARTYPES.map(({ name, help }) => ({ name, help }))
}

/** Shortens rows of groups to what columns hold. */
export function shortGroups(rows: Awaited<ReturnType<typeof groupRows>>) {
  return rows.map(({ name, enabled, guid, bucketsize, key, meters, description }) => ({
    name,
    enabled: enabled ? 'on' : 'off',
    guid,
    bucketsize,
    key: key.rules ? 'rules' : key.fields.join(',') || 'plugin',
    meters: meters.map((meter) => meter.name).join(','),
    description,
  }))
}

function keyRow({ fields, prefix, ranges, keysets, rules }: Key) {
  return {
    fields,
    prefix,
    ...(ranges && { ranges }),
    ...(keysets && { keysets: Object.fromEntries(keysets) }),
    ...(rules && { rules }),
  }
}

function meterRow(group: Group, meter: Meter) {
  const { id, vartype, topN, bottomN, name, description, units, measure } = meter
  return {
    id,
    vartype,
    top_n: topN,
    bottom_n: bottomN,
    name,
    description,
    units,
    ...measureRow(measure),
    metrics: groupMetric(group, meter).families.flatMap(samples),
  }
}

function measureRow(measure: Measure) {
  if (measure.of === 'field') return { value: measure.field }
  return measure.of === 'unique' ? { unique: measure.field } : {}
}

function samples({ name, type }: MeterFamily): readonly string[] {
  if (type === 'summary') return [`${name}_sum`, `${name}_count`]
  return [type === 'counter' ? `${name}_total` : name]
}
