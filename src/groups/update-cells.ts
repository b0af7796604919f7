// SPDX-License-Identifier: Apache-2.0
import type { CellValue, GroupSpec } from '../capture/group-table.ts'
import type { Group, Meter } from './group.ts'
import type { MeterCells } from './meters.ts'
import { textWords } from './text-words.ts'
import type { CountedGroup } from './views.ts'

type Keep = 'max' | 'min' | 'last'

/** Says how a group is counted whose keys and values are given: each meter has its own cells. */
export function countedUpdates(group: Group): CountedGroup {
  const { closed, limits, meters } = group
  /* the first cell counts updates: keys without a sum are ranked by it */
  const adds: CellValue[] = ['frames']
  const extremes: { value: CellValue; keep: Keep }[] = []
  const cells = meters.map((meter) =>
    ownCells(
      meter,
      (value) => adds.push(value) - 1,
      (keep) => extremes.push({ value: meter.id, keep }) - 1,
    ),
  )
  const ranked = meters.find(({ topN }) => topN > 0)
  const spec: GroupSpec = {
    ...{ layers: 0, filter: -1, fields: [], prefix4: 0, prefix6: 0 },
    ...{ adds, extremes, uniques: [], uniqueBits: 0, seed: 0n },
    rank: cells[ranked?.id ?? -1]?.sum ?? 0,
    slots: closed?.length ?? Math.max(1, limits.maxSeries),
    tracked: closed || !ranked ? 0 : limits.tracked,
  }
  return { group, spec, cells, ...(closed && { closedKeys: closed.map(textWords) }) }
}

function ownCells(
  { id, vartype }: Meter,
  add: (value: CellValue) => number,
  keep: (keep: Keep) => number,
): MeterCells {
  switch (vartype) {
    case 'COUNTER':
    case 'RATE_COUNTER':
    case 'DELTA_RATE_COUNTER':
      return { sum: add(id) }
    case 'AVERAGE':
      return { sum: add(id), count: add('frames') }
    case 'GAUGE':
    case 'RUNNING_COUNTER':
      return { last: keep('last') }
    case 'GAUGE_MIN_MAX_AVG': {
      const extremes = { last: keep('last'), min: keep('min'), max: keep('max') }
      return { sum: add(id), count: add('frames'), ...extremes }
    }
    case 'MAXIMUM':
      return { max: keep('max') }
    case 'MINIMUM':
      return { min: keep('min') }
  }
}
