// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { parseSoftnet, readSoftnet } from '../../../src/capture/drops/softnet.ts'

t.test('adds up the second and third column of every CPU', async (t) => {
  const text = [
    '0000a3f1 0000000a 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000',
    '00000c01 00000100 0000001f 00000000 00000000 00000000 00000000 00000000 00000000 00000000',
    '',
  ]
  t.same(parseSoftnet(text.join('\n')), { dropped: 266, squeezed: 33 })
})

t.test('what has no such columns is not taken for 0', async (t) => {
  for (const text of ['', '\n', '0000a3f1', 'no numbers here']) {
    t.equal(parseSoftnet(text), undefined, JSON.stringify(text))
  }
})

t.test('this kernel tells', async (t) => {
  const { dropped, squeezed } = readSoftnet() ?? { dropped: Number.NaN, squeezed: Number.NaN }
  t.ok(dropped >= 0 && squeezed >= 0)
})
