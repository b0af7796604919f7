// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { type Controls, pressed, START } from '../../src/top/controls.ts'
import type { KeyTraffic } from '../../src/top/frame.ts'
import { ordered } from '../../src/top/order.ts'

const choice = { panels: 3, interfaces: ['eth0', 'eth1'] }

function after(...keys: readonly string[]): Controls {
  return keys.reduce((controls, key) => pressed(controls, key, choice), START)
}

t.test('groups are turned to forwards and backwards, round and round', async (t) => {
  for (const key of ['g', 'tab', 'right']) {
    t.equal(after(key).panel, 1)
    t.equal(after(key, key, key).panel, 0)
  }
  for (const key of ['shift-tab', 'left']) t.equal(after(key).panel, 2)
})

t.test('sorting goes through packets, bytes and rate', async (t) => {
  t.same(
    [after(), after('s'), after('s', 's'), after('s', 's', 's')].map(({ order }) => order),
    ['packets', 'bytes', 'rate', 'packets'],
  )
})

t.test('interfaces are gone through one by one, then all', async (t) => {
  t.equal(after('i').interface, 'eth0')
  t.equal(after('i', 'i').interface, 'eth1')
  t.equal(after('i', 'i', 'i').interface, undefined)
  t.equal(pressed(START, 'i', { ...choice, interfaces: ['eth0'] }).interface, undefined)
})

t.test('pause, help and scrolling', async (t) => {
  t.equal(after('p').paused, true)
  t.equal(after('p', ' ').paused, false)
  t.equal(after('?').help, true)
  t.match(after('?', 'g'), { help: false, panel: 0 }, 'any key ends the help and does nothing else')
  t.equal(after('down', 'down', 'up').scroll, 1)
  t.equal(after('up').scroll, 0)
  t.equal(after('down', 'g').scroll, 0, 'another group is shown from its beginning')
  t.same(after('x'), START)
})

t.test('keys are put in order by what was asked for', async (t) => {
  const key = (
    id: string,
    packets: number,
    bytes: number,
    packetsPerSecond: number,
  ): KeyTraffic => {
    return { id, key: [BigInt(id)], packets, bytes, packetsPerSecond, bitsPerSecond: 0 }
  }
  const keys = [key('3', 5, 1, 1), key('1', 5, 9, 0), key('2', 7, 2, 3), key('4', 1, 3, Number.NaN)]
  const ids = (order: 'packets' | 'bytes' | 'rate') => ordered(keys, order).map(({ id }) => id)
  t.same(ids('packets'), ['2', '1', '3', '4'], 'of ties the smaller key first')
  t.same(ids('bytes'), ['1', '4', '2', '3'])
  t.same(ids('rate'), ['2', '3', '1', '4'])
})
