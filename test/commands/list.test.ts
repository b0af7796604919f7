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
  const names = ['name', 'direction', 'layer', 'layers', 'kind', 'unit', 'help', 'metric']
  t.strictSame(Object.keys(syn ?? {}), names)
  t.match(syn, {
    direction: 'receive',
    layer: 'TCP',
    layers: ['TCP'],
    kind: 'sum',
    unit: 'packets',
    metric: 'syn_packets',
  })
  const sent = rows.find((row) => row.name === 'TRANSMIT_SYN')
  t.match(sent, { direction: 'transmit', metric: 'syn_packets' })
  const plain = (await pktspot(['list', 'counters'])).stdout
  t.equal(plain.split('\n').length, rows.length + 2)
})

const EXAMPLE = `counter_groups:
  - control: { guid: "{5A1E7B60-1111-4222-8333-123456789ABC}", name: web_clients, description: Clients of the web ports, resolver_guid: "{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}" }
    filter: "tcp port 80 or tcp port 443"
    key: { fields: [ip.src] }
    meters:
      - { 0, RATE_COUNTER, 10, 0, "Bytes", "bytes", "B" }
      - { id: 1, vartype: COUNTER, top_n: 10, bottom_n: 5, name: Packets, description: packets, units: Pkts }
      - { id: 2, vartype: GAUGE, name: Ports, description: distinct source ports, units: ports, unique: l4.src_port }
    keyinfo: [["10.0.0.1", gateway]]
  - flows
  - "!src_ip"
`

interface GroupRow {
  readonly name: string
  readonly enabled: boolean
}

t.test('list groups tells what counts: built-in groups and those of the file', async (t) => {
  const file = join(t.testdir({ 'a.yaml': EXAMPLE }), 'a.yaml')
  const { code, stdout, stderr } = await pktspot(['list', 'groups', '--json', '-c', file])
  t.match({ code, stderr }, { code: 0, stderr: '' })
  const rows: GroupRow[] = JSON.parse(stdout)
  t.strictSame(rows.map(({ name }) => name).sort(), [
    'dst_port',
    'flows',
    'protocols',
    'web_clients',
  ])
  t.match(
    rows.find(({ name }) => name === 'web_clients'),
    {
      enabled: true,
      guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
      description: 'Clients of the web ports',
      bucketsize: 60,
      filter: 'tcp port 80 or tcp port 443',
      key: { fields: ['ip.src'] },
      labels: ['source_address'],
      meters: [
        { id: 0, vartype: 'RATE_COUNTER', metrics: ['pktspot_web_clients_bytes_total'] },
        { id: 1, name: 'Packets', top_n: 10, bottom_n: 5 },
        { id: 2, unique: 'l4.src_port', metrics: ['pktspot_web_clients_ports'] },
      ],
      keyinfo: { '10.0.0.1': 'gateway' },
      limits: { tracked: 4096, max_series: 40, hold: 60, linger: 3 },
    },
  )
  const plain = (await pktspot(['list', 'groups', '-c', file])).stdout
  t.match(plain, /^NAME +ENABLED +KEY +METERS +BUCKETSIZE +GUID +DESCRIPTION\n/)
  t.match(plain, /^web_clients +on +ip.src +Bytes,Packets,Ports +60 +\{5A1E7B60/m)
})

t.test('list groups --well-known has those that are switched off too', async (t) => {
  const { stdout } = await pktspot(['list', 'groups', '--well-known', '--json'])
  const rows: GroupRow[] = JSON.parse(stdout)
  const on = rows.filter(({ enabled }) => enabled).map(({ name }) => name)
  t.strictSame(on.sort(), ['dst_port', 'protocols', 'src_ip'])
  t.ok(rows.some(({ name }) => name === 'Hosts'))
})

t.test('list fields and list vartypes have what groups are made of', async (t) => {
  const fields: { name: string }[] = JSON.parse(
    (await pktspot(['list', 'fields', '--json'])).stdout,
  )
  t.match(
    fields.find(({ name }) => name === 'l4.server_port'),
    { bits: 16, label: 'port', help: String },
  )
  t.equal(fields.length, 16)
  t.match((await pktspot(['list', 'vartypes'])).stdout, /^GAUGE_MIN_MAX_AVG +Last value/m)
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
