// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { keptGroup } from '../../src/capture/kept-group.ts'
import { createMemoryTable } from '../../src/groups/memory-table.ts'
import { textWords } from '../../src/groups/text-words.ts'
import { groupSpec } from './group-spec.ts'

const SPEC = groupSpec(['l4.dst_port'], { slots: 2, tracked: 9 })
const FRAME = { amount: 100n, weight: 0n, sample: 0 }
const BYTES = { sum: 1 }

t.test('a group that was opened while its source is gone counts once it is back', async (t) => {
  const { table, regain } = keptGroup(SPEC)
  t.same([...table.look()], [0n, 0n, 0n, 0n, 0n, 0n])
  t.same(table.candidates(9, 0), [])
  t.match(table.fill(), { tracked: 0, room: 0, evictions: 0n })
  table.promote(1, textWords('a'))
  const found = createMemoryTable(SPEC)
  regain(found)
  for (const key of ['a', 'b']) found.record(key, BYTES, FRAME)
  t.same([...table.look()], [1n, 100n, 0n, 0n, 1n, 100n])
})

t.test(
  'a larger table goes on with the cells and the promoted keys of the one before',
  async (t) => {
    const first = createMemoryTable(SPEC)
    let isOpen = true
    const close = (): void => {
      isOpen = false
    }
    const kept = keptGroup(SPEC, { ...first, close })
    const { table } = kept
    table.promote(0, textWords('a'))
    for (const key of ['a', 'b', 'c']) first.record(key, BYTES, FRAME)
    kept.lose()
    t.notOk(isOpen, 'the one before is closed')
    t.same([...table.look()], [2n, 200n, 1n, 100n, 0n, 0n])
    t.ok(table.cut().extremes.every(Number.isNaN), 'and has no window')
    t.equal(table.fill().evictions, 2n, 'candidates that went with it are forgotten')

    const larger = createMemoryTable({ ...SPEC, slots: 3 })
    kept.regain(larger)
    t.equal(table.spec.slots, 3)
    table.promote(2, textWords('c'))
    for (const key of ['a', 'b', 'c']) larger.record(key, BYTES, FRAME)
    t.same([...table.look()], [3n, 300n, 2n, 200n, 0n, 0n, 1n, 100n])
    kept.lose()
    t.same([...table.look()], [3n, 300n, 2n, 200n, 0n, 0n, 1n, 100n], 'and once more')
  },
)
