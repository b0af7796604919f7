// SPDX-License-Identifier: Apache-2.0
import type { Group, Measure, Meter } from './group.ts'
import type { MeterCells } from './meters.ts'

/** What a cell is of: one a frame, the frame's bytes, or the values of a field. */
export type CellOf = 'frames' | 'bytes' | { readonly field: string }

/** A cell of the running window. */
export interface Extreme {
  readonly of: CellOf
  readonly keep: 'max' | 'min' | 'last'
}

/** Cells that a group counts in, and where each meter finds its own. */
export interface CellPlan {
  readonly adds: readonly CellOf[]
  readonly extremes: readonly Extreme[]
  /** Names of fields. */
  readonly uniques: readonly string[]
  /** By meter id. */
  readonly meters: readonly MeterCells[]
}

/** Cells of each kind that a key can have. */
export const MOST_CELLS = { adds: 8, extremes: 8, uniques: 2 } as const

const SUMS = ['COUNTER', 'RATE_COUNTER', 'AVERAGE', 'GAUGE_MIN_MAX_AVG']
const LASTS = ['GAUGE', 'GAUGE_MIN_MAX_AVG', 'RUNNING_COUNTER', 'DELTA_RATE_COUNTER']

/** Plans the cells of a group's meters; frames are the first, bytes the second, and what meters share is counted once. */
export function cellPlan(meters: readonly Meter[]): CellPlan {
  const adds: CellOf[] = ['frames', 'bytes']
  const extremes: Extreme[] = []
  const uniques: string[] = []
  const cells = meters.map(({ vartype, measure }): MeterCells => {
    if (measure.of === 'unique') return { unique: place(uniques, measure.field) }
    const of = cellOf(measure)
    if (of === undefined) return {}
    const keep = (keep: Extreme['keep']): number => place(extremes, { of, keep })
    const spread = vartype === 'GAUGE_MIN_MAX_AVG'
    const mean = spread || vartype === 'AVERAGE'
    /* packets and bytes that come one after another are a running counter by themselves */
    const running = /^(?:RUNNING|DELTA_RATE)_COUNTER$/.test(vartype) && measure.of !== 'field'
    return {
      ...((running || SUMS.includes(vartype)) && { sum: place(adds, of) }),
      ...(mean && { count: 0 }),
      ...(!running && LASTS.includes(vartype) && { last: keep('last') }),
      ...((spread || vartype === 'MINIMUM') && { min: keep('min') }),
      ...((spread || vartype === 'MAXIMUM') && { max: keep('max') }),
    }
  })
  return { adds, extremes, uniques, meters: cells }
}

/** Tells which cells each meter of a group is computed from, by its id. */
export function meterCells(group: Group): readonly MeterCells[] {
  return cellPlan(group.meters).meters
}

function cellOf(measure: Measure): CellOf | undefined {
  if (measure.of === 'frames' || measure.of === 'bytes') return measure.of
  return measure.of === 'field' ? { field: measure.field } : undefined
}

/** Finds a cell, or adds it; cells are small plain values. */
function place<T>(cells: T[], cell: T): number {
  const text = JSON.stringify(cell)
  const at = cells.findIndex((each) => JSON.stringify(each) === text)
  return at >= 0 ? at : cells.push(cell) - 1
}
