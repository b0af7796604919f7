// SPDX-License-Identifier: Apache-2.0
import { LRUCache } from 'lru-cache'
import type { Group, Meter } from './group.ts'
import { createMemoryTable, type MemoryTable, type Sample } from './memory-table.ts'
import { riseOf } from './meters.ts'
import { countedUpdates } from './update-cells.ts'
import type { CountedGroup } from './views.ts'

/** A group that a plugin feeds. */
export interface UpdateGroup {
  readonly counted: CountedGroup
  readonly table: MemoryTable
  /**
   * Gives a meter of a key a value: what to add (counters), a sample (AVERAGE, MAXIMUM, MINIMUM), the level (gauges), by how
   * much the level changed (RUNNING_COUNTER), or a reading (DELTA_RATE_COUNTER). Counters and AVERAGE take whole numbers
   * from 0 on. Throws a RangeError on other values and on a meter that the group lacks.
   */
  update(key: string, meter: number, value: number | bigint): void
}

/** Gauges' means are taken of millionths, so that a fraction counts. */
const FINE = 1_000_000

/** Makes a group whose keys and values a plugin gives; it remembers the levels and readings of as many keys as it tracks. */
export function createUpdateGroup(group: Group): UpdateGroup {
  const counted = countedUpdates(group)
  const table = createMemoryTable(counted.spec)
  const { slots, tracked } = counted.spec
  const levels = group.meters.map(() => new LRUCache<string, number>({ max: slots + tracked }))

  function sampleOf(meter: Meter, key: string, value: number | bigint): Sample {
    const refuse = (expected: string): never => {
      throw new RangeError(
        `group ${group.name}, meter ${meter.name}: got ${value}; expected ${expected}`,
      )
    }
    const whole = (): bigint => {
      const fits = typeof value === 'bigint' || Number.isSafeInteger(value)
      return fits && value >= 0 ? BigInt(value) : refuse('a whole number from 0 on')
    }
    const sample = Number(value)
    if (!Number.isFinite(sample)) return refuse('a finite number')
    switch (meter.vartype) {
      case 'COUNTER':
      case 'RATE_COUNTER':
      case 'AVERAGE':
        return { amount: whole(), weight: 1n, sample }
      case 'DELTA_RATE_COUNTER': {
        const reading = Number(whole())
        const amount = BigInt(riseOf(levels[meter.id]?.get(key), reading))
        levels[meter.id]?.set(key, reading)
        return { amount, weight: 1n, sample }
      }
      case 'RUNNING_COUNTER': {
        const level = (levels[meter.id]?.get(key) ?? 0) + sample
        levels[meter.id]?.set(key, level)
        return { amount: 0n, weight: 0n, sample: level }
      }
      case 'GAUGE_MIN_MAX_AVG':
        if (sample < 0) return refuse('a number from 0 on')
        return { amount: BigInt(Math.round(sample * FINE)), weight: BigInt(FINE), sample }
      case 'GAUGE':
      case 'MAXIMUM':
      case 'MINIMUM':
        return { amount: 0n, weight: 0n, sample }
    }
  }
  return {
    counted,
    table,
    update(key, id, value) {
      const meter = group.meters[id]
      if (!meter) throw new RangeError(`group ${group.name}: it has no meter ${id}`)
      table.record(key, counted.cells[id] ?? {}, sampleOf(meter, key, value))
    },
  }
}
