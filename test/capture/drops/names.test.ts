// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { readDropTypes } from '../../../src/capture/drops/kernel-types.ts'
import { dropNames } from '../../../src/capture/drops/names.ts'
import { loadAddon } from '../../../src/native/binding.ts'
import { btf, KIND } from '../../support/btf.ts'

const SIZES = { reasons: 8, subsystems: 4 }
const addon = loadAddon()

/** Counts of 8 reasons, 4 subsystems, and all others. */
function cells(at: Readonly<Record<number, bigint>>): BigUint64Array {
  return BigUint64Array.from({ length: 13 }, (_, cell) => at[cell] ?? 0n)
}

t.test(
  'reasons have names, those without one their numbers, and common ones begin at 0',
  async (t) => {
    const reasons = new Map([
      [3, 'NO_SOCKET'],
      [4, 'RARE'],
      [5, 'XDP'],
    ])
    const names = dropNames({ reasons, subsystems: new Map([[2, 'OPENVSWITCH']]) }, SIZES)
    t.equal(names.cells, 13)
    t.same(
      [...names.read(cells({}))],
      [
        ['NO_SOCKET', 0n],
        ['XDP', 0n],
      ],
    )
    const found = names.read(cells({ 3: 7n, 4: 1n, 7: 2n, 10: 3n, 11: 4n, 12: 5n }))
    t.same(Object.fromEntries(found), {
      NO_SOCKET: 7n,
      XDP: 0n,
      RARE: 1n,
      reason_7: 2n,
      subsystem_OPENVSWITCH: 3n,
      subsystem_3: 4n,
      other: 5n,
    })
  },
)

t.test('without names every reason that was seen has its number', async (t) => {
  const names = dropNames({ reasons: new Map(), subsystems: new Map() }, SIZES)
  t.same([...names.read(cells({}))], [])
  t.same([...names.read(cells({ 3: 7n }))], [['reason_3', 7n]])
})

t.test('without a description of the types there is one line, and no names', async (t) => {
  const folder = t.testdir({ garbage: 'no types', other: '' })
  const cases = [
    [`${folder}/missing`, /missing cannot be read \(ENOENT\): reasons of drops have numbers/],
    [folder, /cannot be read \(EISDIR\)/],
    [`${folder}/garbage`, /garbage does not describe drops: reasons of drops have numbers/],
    [`${folder}/other`, /other does not describe drops/],
  ] as const
  for (const [path, words] of cases) {
    const { note = '', ...types } = await readDropTypes(addon, path)
    t.match(note, words)
    t.notOk(note.includes('\n'))
    const nothing = { ignored: 0n, offsets: new Uint32Array() }
    t.same(types, { ...nothing, reasons: new Map(), subsystems: new Map() })
  }
})

t.test('numbers that are no drops are left out; without members, so are interfaces', async (t) => {
  const entries = [
    ['SKB_NOT_DROPPED_YET', 0],
    ['SKB_CONSUMED', 1],
    ['SKB_DROP_REASON_NO_SOCKET', 3],
  ] as const
  const types = btf([{ kind: KIND.enum, name: 'skb_drop_reason', size: 4, entries }])
  const path = `${t.testdir({ types: Buffer.from(types) })}/types`
  const { ignored, reasons, offsets, note } = await readDropTypes(addon, path)
  t.equal(ignored, 3n)
  t.same([...reasons], [[3, 'NO_SOCKET']])
  t.equal(offsets.length, 0)
  t.match(note, /drops of interfaces are not told apart$/)
})
