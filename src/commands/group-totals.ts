// SPDX-License-Identifier: Apache-2.0
import type { Source } from '../capture/source.ts'
import type { Group } from '../groups/group.ts'
import { keyText } from '../groups/key-text.ts'
import { type Groups, openGroups } from '../groups/runtime.ts'
import type { UpdateGroup } from '../groups/update-group.ts'
import type { Amount } from '../groups/views.ts'
import { fedGroups, type Planned, tableOf } from './run-groups.ts'

/** Counts the planned groups of a source from its first packet on, with those that plugins feed. */
export function countGroups(
  source: Source,
  planned: Planned,
  plugins: readonly UpdateGroup[],
): Groups {
  const fed = fedGroups(planned, plugins)
  return openGroups({
    source: source.name,
    groups: [...planned.counted, ...fed.map(({ counted }) => counted)],
    open: (counted) => tableOf(fed, counted) ?? source.openGroup(counted.spec),
    now: () => 0,
  })
}

/** Writes the greatest keys of every meter over all that was counted. */
export function groupTotalsJson(groups: Groups, { enabled }: Planned): string {
  return JSON.stringify(
    Object.fromEntries(enabled.map((group) => [group.name, metersOf(groups, group)])),
  )
}

function metersOf(groups: Groups, group: Group) {
  const meters = groups.runningBucket(group.guid)?.meters ?? []
  const entries = group.meters.map((meter) => {
    const { total, other, top = [] } = meters[meter.id] ?? {}
    const keys = Object.fromEntries(top.map((each) => [keyText(group, each.key), shown(each)]))
    return [meter.name, { total: shown(total), other: shown(other), keys }]
  })
  return Object.fromEntries(entries)
}

/* what adds up is told as it was counted, not a second */
function shown(amount: Amount | undefined): number | null {
  return Number(amount?.sum ?? amount?.value ?? Number.NaN)
}
