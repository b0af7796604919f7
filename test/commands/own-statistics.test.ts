// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../support/root.ts'
import { pktspot } from './spawned.ts'

const DEMO = join(packageRoot, 'test/fixtures/demo.pcap')

const CONFIG = `spot:
  per_statistic: { R_ACK: { down: true }, FAILING: { q: 0.001 } }
user_statistics:
  - name: R_RST
    help: Resets per TCP segment
    unit: ratio
    expr: RST / TCP
    when: TCP > 5
    spot: { down: true }
plugins: [plugins/mine.mjs]
`

const PLUGIN = `export default [
  { name: 'SIZE_OF_FRAME', requirement: ['BYTES', 'PKTS'], compute: ([bytes, frames]) => bytes / frames },
  { name: 'FAILING', requirement: ['PKTS'], compute() { throw new Error('not today') } },
]`

interface Row {
  readonly name: string
  readonly counters: readonly string[]
  readonly tails: readonly string[]
}

interface Data {
  readonly kind: string
  readonly counters: Readonly<Record<string, number>>
  readonly statistics: Readonly<Record<string, { value: number | null; verdict: string | null }>>
}

function lines<T>(stdout: string): T[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

t.test('list has what a settings file adds, with the counters that each needs', async (t) => {
  const folder = t.testdir({ 'c.yaml': CONFIG, plugins: { 'mine.mjs': PLUGIN } })
  const list = async (...args: string[]): Promise<Map<string, Row>> => {
    const { code, stdout, stderr } = await pktspot(['list', 'statistics', '--json', ...args])
    t.match({ code, stderr }, { code: 0, stderr: '' })
    return new Map((JSON.parse(stdout) as Row[]).map((row) => [row.name, row]))
  }
  const rows = await list('-c', join(folder, 'c.yaml'))
  t.strictSame(rows.get('R_RST'), {
    name: 'R_RST',
    help: 'Resets per TCP segment',
    unit: 'ratio',
    counters: ['RST', 'TCP'],
    tails: ['lower', 'upper'],
  })
  t.match(rows.get('SIZE_OF_FRAME'), { counters: ['BYTES', 'PKTS'], tails: ['upper'] })
  t.match(rows.get('R_ACK'), { tails: ['lower', 'upper'] })
  t.match(rows.get('R_SYN'), { counters: ['SYN', 'IP'], tails: ['upper'] })
  const builtin = await list()
  t.equal(builtin.size, rows.size - 3)
  t.notOk(builtin.has('R_RST'))
})

t.test('replay computes expressions and plugins; what fails is told once', async (t) => {
  const folder = t.testdir({ 'c.yaml': CONFIG, plugins: { 'mine.mjs': PLUGIN } })
  const args = ['replay', '-c', join(folder, 'c.yaml'), DEMO]
  const names = 'R_RST,SIZE_OF_FRAME,FAILING,R_SYN'
  const { code, stdout, stderr } = await pktspot([...args, '--stats', names])
  t.equal(code, 0)
  t.equal(stderr, 'pktspot: statistic FAILING failed: not today; later failures are only counted\n')
  const windows = lines<Data>(stdout).filter(({ kind }) => kind === 'data')
  t.ok(windows.length > 10)
  for (const { counters, statistics } of windows) {
    t.same(Object.keys(statistics), names.split(','))
    const { RST = 0, TCP = 0, BYTES = 0, PKTS = 0, SYN = 0, IP = 0 } = counters
    const value = (name: string) => statistics[name]?.value ?? Number.NaN
    t.same(value('R_RST'), TCP > 5 ? RST / TCP : Number.NaN)
    t.same(value('SIZE_OF_FRAME'), BYTES / PKTS)
    t.same(value('FAILING'), Number.NaN)
    t.same(value('R_SYN'), SYN / IP)
  }
  t.ok(windows.some(({ counters }) => (counters['TCP'] ?? 0) <= 5 && counters['TCP'] !== 0))
})

t.test('a window that says nothing has a learning verdict and no value', async (t) => {
  const folder = t.testdir({ 'c.yaml': 'user_statistics: [{name: GROWTH, expr: IP - prev(IP)}]' })
  const args = ['replay', '-c', join(folder, 'c.yaml'), DEMO, '--stats', 'GROWTH']
  const [first, second] = lines<Data>((await pktspot(args)).stdout)
  t.match(first?.statistics['GROWTH'], { value: null, verdict: 'learning' })
  const growth = (second?.counters['IP'] ?? 0) - (first?.counters['IP'] ?? 0)
  t.equal(second?.statistics['GROWTH']?.value, growth)
})

t.test('mistakes end every command with 78, at their places', async (t) => {
  const cases: [string, RegExp][] = [
    [
      'user_statistics:\n  - name: X\n    expr: |\n      RST /\n      TPC\n',
      /^pktspot: \S+c.yaml:5:7: user_statistics\[0\].expr: no counter is named TPC; did you mean TCP\?; see pktspot list counters\npktspot: {5}TPC\npktspot: {5}\^{3}\n$/,
    ],
    [
      'user_statistics: [{ name: R_SYN, expr: RST }]\n',
      /c.yaml:1:27: user_statistics\[0\].name: got "R_SYN"; expected a name that no other/,
    ],
    [
      'plugins: [none.mjs]\n',
      /c.yaml:1:11: plugins: \S+none.mjs: cannot be loaded: Cannot find module/,
    ],
    [
      'spot: { per_statistic: { R_SYN: { q: 0.1 } } }\n',
      /c.yaml:1:38: spot.per_statistic.R_SYN.q: q is 0.1, which must be below 1 - level = 0.03;/,
    ],
    [
      'spot: { false_alarms_per_day: 86400 }\nstatistics: { enabled: [R_SYN] }\n',
      /c.yaml:1:31: spot.false_alarms_per_day: 86400 false alarms a day over 2 tails make q 0.5, which/,
    ],
    [
      'spot: { level: 0.9999999999 }\n',
      /^pktspot: \S+c.yaml:1:16: spot.level: 1 false alarms a day/,
    ],
  ]
  for (const [text, message] of cases) {
    const file = join(t.testdir({ 'c.yaml': text }), 'c.yaml')
    for (const args of [
      ['check', file],
      ['run', '-c', file],
      ['replay', DEMO, '-c', file],
    ]) {
      const { code, stdout, stderr } = await pktspot(args)
      t.match({ code, stdout }, { code: 78, stdout: '' }, args.join(' '))
      t.match(stderr, message, args.join(' '))
    }
  }
})
