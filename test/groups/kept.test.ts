// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { createKept } from '../../src/groups/kept.ts'

t.test('the values of the keys that ended last are kept, each until it is taken', async (t) => {
  const kept = createKept(3)
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) kept.put(id, [BigInt(index)])
  t.equal(kept.take('a'), undefined, 'gave way')
  t.same(kept.take('b'), [1n])
  t.equal(kept.take('b'), undefined, 'taken')
})

t.test('of too many the latest stay, and more find room', async (t) => {
  const kept = createKept(3)
  for (const id of ['a', 'b', 'c']) kept.put(id, [1n])
  kept.resize(2)
  kept.resize(3)
  kept.put('d', [1n])
  t.same(
    ['a', 'b', 'c', 'd'].map((id) => kept.take(id) !== undefined),
    [false, true, true, true],
  )
  kept.resize(0)
  kept.put('e', [2n])
  t.same(kept.take('e'), [2n], 'one at least')
})
