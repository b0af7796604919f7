// SPDX-License-Identifier: Apache-2.0
import type { Group, Meter } from '../../groups/group.ts'
import { keyLabels, keyValues } from '../../groups/key-text.ts'
import type { Labeller } from '../../groups/labels.ts'
import type { Groups } from '../../groups/runtime.ts'
import type { Amount, BucketView, MeterBucket, RankedKey } from '../../groups/views.ts'

/** Which keys are asked for. */
export interface GroupList {
  /** Those of the bucket that is running, instead of the last one that ended. */
  readonly running: boolean
  /** One list only; undefined: both. */
  readonly order: string | undefined
  /** Most keys of a list. */
  readonly limit: number
}

/** Gives a group of one source in the names of its settings; NaN becomes null in JSON. */
export function groupList(
  groups: Groups,
  group: Group,
  { list, labelOf }: { readonly list: GroupList; readonly labelOf: Labeller | undefined },
) {
  const { guid, name, description, bucketSeconds } = group
  const view = list.running ? groups.runningBucket(guid) : groups.lastBucket(guid)
  const meter = (each: Meter) => {
    const { id, vartype, units } = each
    const { name, description } = each
    const counted = view?.meters[id]
    return { id, name, description, vartype, units, ...amounts(counted, { list, group, labelOf }) }
  }
  return {
    interface: groups.source,
    name,
    guid,
    description,
    bucket_seconds: bucketSeconds,
    key_labels: keyLabels(group),
    bucket: view ? bucketJson(view) : null,
    meters: group.meters.map(meter),
  }
}

function bucketJson({ start, seconds, full }: BucketView) {
  return { start, seconds, full }
}

interface Shown {
  readonly list: GroupList
  readonly group: Group
  readonly labelOf: Labeller | undefined
}

function amounts(bucket: MeterBucket | undefined, shown: Shown) {
  const { order, limit } = shown.list
  const keys = (all: readonly RankedKey[] = []) =>
    all.slice(0, limit).map((each) => keyJson(each, shown))
  return {
    total: bucket ? amountJson(bucket.total) : null,
    other: bucket ? amountJson(bucket.other) : null,
    ...(order !== 'bottom' && { top: keys(bucket?.top) }),
    ...(order !== 'top' && { bottom: keys(bucket?.bottom) }),
  }
}

function keyJson(ranked: RankedKey, { group, labelOf }: Shown) {
  const values = keyValues(group, ranked.key)
  const key = values.join('/')
  return {
    key,
    label: labelOf?.(values) ?? '',
    labels: Object.fromEntries(keyLabels(group).map((name, index) => [name, values[index]])),
    ...amountJson(ranked),
    exact: ranked.exact,
  }
}

function amountJson({ value, sum, min, max, average }: Amount) {
  return {
    value,
    ...(sum !== undefined && { sum: Number(sum) }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(average !== undefined && { average }),
  }
}
