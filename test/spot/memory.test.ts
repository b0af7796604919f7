// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { heldBytes } from '../support/held.ts'
import { detector, draw, feed } from './streams.ts'

t.test('a calibrated tail costs at most 4 KiB', async (t) => {
  const make = (count: number) =>
    Array.from({ length: count }, (_, seed) => {
      const one = detector({ nInit: 1000 })
      feed(one, 1100, draw.gaussian(seed))
      return one
    })
  const warm = make(10)
  const { made, bytes } = heldBytes(() => make(1000))
  const tail = bytes / made.length / 2
  t.ok(tail > 1024 && tail <= 4096, `${tail} bytes a tail`)
  t.equal(warm.length + made.length, 1010)
})
