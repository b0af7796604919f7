// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { pktspot } from '../commands/spawned.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { lines } from '../support/replay.ts'
import { FAILING, GROUP, pluginText, USUAL } from './modules.ts'

const DEMO = FIXTURE.replace('all.pcap', 'demo.pcap')
const CONFIG = `plugins: [./my.mjs]
user_statistics: [{ name: MY_SHARE, expr: MY_SYN / TCP }]
`

interface Totals {
  readonly counters: Readonly<Record<string, number>>
  readonly groups: Readonly<
    Record<string, Readonly<Record<string, { readonly keys: Readonly<Record<string, number>> }>>>
  >
}

const hasTcpdump = await command('tcpdump', ['--version']).then(
  ({ code }) => code === 0,
  () => false,
)

t.test('counters and groups are listed without a packet', async (t) => {
  const folder = t.testdir({ 'c.yaml': CONFIG, 'my.mjs': pluginText(USUAL, GROUP) })
  const list = async (what: string) => {
    const { code, stdout } = await pktspot(['list', what, '--json', '-c', join(folder, 'c.yaml')])
    t.equal(code, 0)
    return JSON.parse(stdout) as { name: string }[]
  }
  t.match(
    (await list('counters')).find(({ name }) => name === 'MY_SYN'),
    {
      ...{ layer: 'TCP', kind: 'sum', unit: 'packets', metric: 'my_syn_packets' },
    },
  )
  t.match(
    (await list('groups')).find(({ name }) => name === 'my_ports'),
    { labels: ['key'] },
  )
  t.match(
    (await list('statistics')).find(({ name }) => name === 'MY_SHARE'),
    {
      counters: ['MY_SYN', 'TCP'],
    },
  )
})

t.test(
  'a counter by a plugin counts what tcpdump counts',
  { skip: !hasTcpdump && 'no tcpdump' },
  async (t) => {
    const folder = t.testdir({ 'c.yaml': CONFIG, 'my.mjs': pluginText(USUAL, GROUP) })
    const { stdout } = await pktspot(['replay', '--totals', '-c', join(folder, 'c.yaml'), DEMO])
    const [row] = lines<Totals>(stdout)
    const oracle = async (filter: string): Promise<number> => {
      const dumped = await command('tcpdump', ['-nr', DEMO, filter])
      return dumped.stdout.split('\n').filter(Boolean).length
    }
    const filters = {
      MY_FRAMES: '',
      MY_TCP: 'tcp or ip6 proto 6',
      MY_SYN: 'tcp[tcpflags] & tcp-syn != 0 or (ip6 proto 6 and ip6[53] & 2 != 0)',
      MY_ARP: 'arp',
    }
    for (const [name, filter] of Object.entries(filters)) {
      t.equal(row?.counters[name], await oracle(filter), name)
    }
    const ports = row?.groups['my_ports']?.['Segments']?.keys ?? {}
    t.ok(Object.keys(ports).length > 2)
    for (const [key, count] of Object.entries(ports)) {
      t.equal(count, await oracle(`tcp dst ${key}`), key)
    }
  },
)

t.test('statistics by expression read a plugin’s counters in every window', async (t) => {
  const folder = t.testdir({ 'c.yaml': CONFIG, 'my.mjs': pluginText(USUAL, FAILING) })
  const config = join(folder, 'c.yaml')
  const { code, stdout, stderr } = await pktspot([
    'replay',
    '-c',
    config,
    DEMO,
    '--stats',
    'MY_SHARE',
  ])
  t.equal(code, 0)
  t.equal(
    stderr,
    'pktspot: plugin my.mjs: counter MY_FAILING is switched off after 10 errors, the last one: not today\n',
  )
  const windows = lines<{
    kind: string
    window: number
    counters: Record<string, number>
    statistics: Record<string, { value: number | null }>
  }>(stdout).filter(({ kind }) => kind === 'data')
  t.ok(
    windows.some(({ window }) => window === 10),
    'longer windows, too',
  )
  for (const { counters, statistics } of windows) {
    t.equal(counters['MY_TCP'], counters['TCP'])
    t.equal(counters['MY_FRAMES'], counters['PKTS'])
    const { MY_SYN = 0, TCP = 0 } = counters
    t.equal(statistics['MY_SHARE']?.value, TCP === 0 ? null : MY_SYN / TCP)
  }
})

t.test(
  'a name that is taken, a syntax error and a wrong shape end with 78, at their place',
  async (t) => {
    const cases: [string, RegExp][] = [
      [
        pluginText([['SYN', 'TCP', '() => true']]),
        /c.yaml:1:11: plugins: \S+my.mjs: default export\[0\]: counter SYN: a counter of that name is already there/,
      ],
      ['export default {', /c.yaml:1:11: plugins: \S+my.mjs: cannot be loaded: Unexpected/],
      [
        'export default { layer: "TCP" }',
        /c.yaml:1:11: plugins: \S+my.mjs: default export: name: got nothing/,
      ],
      ['throw new Error("no")', /c.yaml:1:11: plugins: \S+my.mjs: cannot be loaded: no$/m],
    ]
    for (const [text, message] of cases) {
      const folder = t.testdir({ 'c.yaml': 'plugins: [./my.mjs]\n', 'my.mjs': text })
      const { code, stderr } = await pktspot(['check', join(folder, 'c.yaml')])
      t.equal(code, 78)
      t.match(stderr, message)
    }
  },
)
