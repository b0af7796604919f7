// SPDX-License-Identifier: Apache-2.0
import type { GroupSpec } from '../../src/capture/group-table.ts'
import { loadAddon } from '../../src/native/binding.ts'

/** How a group of these fields counts frames and bytes, every frame that has them. */
export function groupSpec(fields: readonly string[], more: Partial<GroupSpec> = {}): GroupSpec {
  const known = loadAddon().keyFields()
  const index = (name: string): number => {
    const field = known.find((each) => each.name === name)
    if (!field) throw new RangeError(`no field is named ${name}`)
    return field.index
  }
  return {
    layers: 0,
    filter: -1,
    fields: fields.map(index),
    prefix4: 32,
    prefix6: 128,
    adds: ['frames', 'bytes'],
    extremes: [],
    uniques: [],
    uniqueBits: 12,
    rank: 0,
    slots: 8,
    tracked: 4096,
    seed: 1n,
    ...more,
  }
}
