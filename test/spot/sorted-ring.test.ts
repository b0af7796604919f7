// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { SortedRing } from '../../src/spot/sorted-ring.ts'
import { uniform } from './streams.ts'

t.test('a ring holds the last values in order of size', async (t) => {
  const seed = 40
  const next = uniform(seed)
  const ring = new SortedRing(20)
  const pushed: number[] = []
  for (let i = 0; i < 2000; i++) {
    const value = Math.floor(next() * 30)
    ring.push(value)
    pushed.push(value)
    const expected = pushed.slice(-20).sort((a, b) => a - b)
    const held = [...ring.ascending.subarray(0, ring.count)]
    if (held.join() !== expected.join()) t.same(held, expected, `seed ${seed}, push ${i}`)
  }
  t.equal(ring.count, 20)
})
