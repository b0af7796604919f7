// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Reading } from '../../src/counters/reading.ts'
import { knowingTransmit, readsTransmit } from '../../src/counters/transmit.ts'
import { windowBetween } from '../../src/counters/window.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { BUSY, catalog, reading } from '../exporters/fixture.ts'

const known = knowingTransmit([...catalog])
const PLACE = { start: new Date(0), seconds: 1 }

t.test('every counter but the clocks has a twin, by the same index', async (t) => {
  const core = loadCatalog()
  const received = [...core].filter(({ kind }) => kind !== 'clock')
  const twins = [...core.whole()].filter(({ direction }) => direction === 'transmit')
  t.same(
    twins.map(({ name, index, metric, bounds }) => ({ name, index, metric, bounds })),
    received.map(({ name, index, metric, bounds }) => {
      return { name: `TRANSMIT_${name}`, index, metric, bounds }
    }),
  )
  t.notOk(core.find('TRANSMIT_SOURCE_TIME'))
})

t.test('a source offers them only where it counts them, and all find them', async (t) => {
  t.notOk([...known].some(({ direction }) => direction))
  t.ok(known.find('TRANSMIT_SYN'))
  t.ok([...known.whole()].some(({ name }) => name === 'TRANSMIT_SYN'))
  t.same(
    [readsTransmit(['SYN', 'TRANSMIT_SYN'], known), readsTransmit(['SYN', 'none'], known)],
    [true, false],
  )
})

t.test('a window has what was transmitted between two readings', async (t) => {
  const before: Reading = { ...reading({}), transmit: reading({ slots: [2n, 0n, 1n], lost: 1n }) }
  const sent = reading({ slots: [12n, 100n, 3n, 1n, 2n, 3n], distinct: 5, lost: 4n })
  const window = windowBetween(known, before, { ...BUSY, transmit: sent }, PLACE)
  const names = ['PKTS', 'TRANSMIT_PKTS', 'TRANSMIT_SYN', 'TRANSMIT_NB_UNIQ_SRC_ADDR']
  t.same(
    names.map((name) => window.value(name)),
    [12, 10, 2, 5],
  )
  t.same(window.buckets('TRANSMIT_SIZES'), [1n, 2n, 3n])
  t.same([window.lost, window.counts.transmit?.lost], [2, 3n], 'losses are told apart')
})

t.test('where it is not counted it is worth NaN, and an unknown name still throws', async (t) => {
  const window = windowBetween(known, undefined, BUSY, PLACE)
  t.same(window.value('TRANSMIT_SYN'), Number.NaN)
  t.same(window.exact('TRANSMIT_SYN'), Number.NaN)
  t.same(window.buckets('TRANSMIT_SIZES'), [])
  t.throws(() => window.value('TRANSMIT_NONE'), /no counter is named/)
})
