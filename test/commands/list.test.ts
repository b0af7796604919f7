// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { columns } from '../../src/commands/columns.ts'
import { listInterfaces } from '../../src/commands/interfaces.ts'
import { pktspot } from './spawned.ts'

t.test('list interfaces has the loopback, with its addresses', async (t) => {
  const { code, stdout } = await pktspot(['list', 'interfaces', '--json'])
  t.equal(code, 0)
  const rows: { name: string }[] = JSON.parse(stdout)
  t.match(
    rows.find((row) => row.name === 'lo'),
    {
      name: 'lo',
      index: 1,
      state: String,
      mtu: Number,
      mac: '00:00:00:00:00:00',
      addresses: Array,
    },
  )
  const plain = (await pktspot(['list', 'interfaces'])).stdout.split('\n')
  t.match(plain[0], /^NAME +INDEX +STATE +MTU +MAC +ADDRESSES$/)
  t.match(plain[1], /^lo +1 +\w+ +\d+ +00:00:00:00:00:00/)
  t.equal(plain.at(-1), '')
})

t.test('what is no interface in sysfs is left out, and the rest is sorted by index', async (t) => {
  const folder = t.testdir({ bonding_masters: '' })
  for (const [name, index] of [
    ['b', '12'],
    ['a', '3'],
  ] as const) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'ifindex'), `${index}\n`)
  }
  const rows = await listInterfaces(folder)
  t.strictSame(
    rows.map(({ name, index, state }) => [name, index, state]),
    [
      ['a', 3, 'unknown'],
      ['b', 12, 'unknown'],
    ],
  )
})

t.test('list statistics tells what each reads and which tails it has', async (t) => {
  const { code, stdout } = await pktspot(['list', 'statistics', '--json'])
  t.equal(code, 0)
  const rows: { name: string }[] = JSON.parse(stdout)
  t.match(
    rows.find((row) => row.name === 'R_SYN'),
    { name: 'R_SYN', help: String, unit: String, counters: ['SYN', 'IP'], tails: ['upper'] },
  )
  const plain = (await pktspot(['list', 'statistics'])).stdout
  t.match(plain, /^NAME +UNIT +TAILS +COUNTERS +HELP\n/)
  t.match(plain, /^R_SYN .* SYN,IP /m)
})

t.test('list counters prints the catalog of the addon', async (t) => {
  const { code, stdout, stderr } = await pktspot(['list', 'counters', '--json'])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  const rows: { name: string }[] = JSON.parse(stdout)
  const syn = rows.find((row) => row.name === 'SYN')
  const names = ['name', 'layer', 'layers', 'kind', 'unit', 'help', 'metric']
  t.strictSame(Object.keys(syn ?? {}), names)
  t.match(syn, {
    layer: 'TCP',
    layers: ['TCP'],
    kind: 'sum',
    unit: 'packets',
    metric: 'syn_packets',
  })
  const plain = (await pktspot(['list', 'counters'])).stdout
  t.equal(plain.split('\n').length, rows.length + 2)
})

t.test('columns are aligned and have no trailing blanks', async (t) => {
  t.equal(
    columns(
      ['A', 'LONG'],
      [
        ['wide', 'x'],
        ['b', ''],
      ],
    ),
    'A     LONG\nwide  x\nb\n',
  )
})
