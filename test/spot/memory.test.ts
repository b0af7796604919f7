// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { detector, draw, feed } from './streams.ts'

t.test('a calibrated tail costs at most 4 KiB', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const held = (): number => {
    for (let i = 0; i < 3; i++) collect()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return arrayBuffers + heapUsed
  }
  const made = (count: number) =>
    Array.from({ length: count }, (_, seed) => {
      const one = detector({ nInit: 1000 })
      feed(one, 1100, draw.gaussian(seed))
      return one
    })
  const warm = made(10)
  const before = held()
  const detectors = made(1000)
  const bytes = (held() - before) / detectors.length / 2
  t.ok(bytes <= 4096, `${bytes} bytes a tail`)
  t.equal(warm.length + detectors.length, 1010)
})
