// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../../exporters/latest.ts'
import { groupList } from './group-json.ts'

/** Keys of each list. */
const LIMIT = 3

/** Gives the greatest keys of the running bucket, by group and meter: who is behind a value. */
export function topKeys(latest: Latest, source: string) {
  const { groups } = latest
  const own = groups?.sources().find((each) => each.source === source)
  if (!groups || !own) return {}
  const list = { running: true, order: 'top', limit: LIMIT }
  const lists = own.list().map((group) => {
    const { meters } = groupList(own, group, { list, labelOf: groups.labeller(group) })
    const tops = meters.map(({ name, top }) => [name, top])
    return [group.name, Object.fromEntries(tops)]
  })
  return Object.fromEntries(lists)
}
