// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { pcap } from '../support/pcap.ts'
import { lines, pktspot } from '../support/replay.ts'
import { program } from '../support/root.ts'
import { frame } from '../support/timeline.ts'

const missing = ['promtool', 'prometheus'].filter(
  (tool) => spawnSync(tool, ['--version']).status !== 0,
)
const skip = missing.length > 0 && `${missing.join(' and ')} is not on PATH`

/* one frame a second for half a minute; ten a second from the 10th to the 15th */
const BURST = Array.from({ length: 30 }, (_, second) =>
  Array.from({ length: second >= 10 && second < 15 ? 10 : 1 }, (_, index) =>
    frame(second + index / 100, index),
  ),
).flat()

const RULES = `
groups:
  - name: fast
    interval: 1s
    rules:
      - record: burst:rate
        expr: sum without (statistic) (pktspot_statistic_value{statistic="PKTS_RATE",window="1"})
      - { record: 'burst:above', expr: 'burst:rate > 5' }
      - { alert: Recorded, expr: 'burst:above{interface=~".+"}' }
      - { alert: Now, expr: 'burst:rate > 5', labels: { severity: page } }
      - { alert: Held, expr: 'burst:rate > 5', for: 3s, keep_firing_for: 4s }
      - { alert: Patient, expr: 'burst:rate > 5', for: 1m }
      - { alert: Never, expr: 'burst:rate > 500' }
      - { alert: Total, expr: 'pktspot_receive_packets_total >= 74' }
`

interface Found {
  readonly kind: string
  readonly alert: string
  readonly labels: Readonly<Record<string, string>>
  readonly pending: string
  readonly firing: string | null
  readonly resolved: string | null
  readonly value: number
}

const second = (time: string | null): number | null =>
  time === null ? null : Date.parse(time) / 1000 - 1_700_000_000

t.test('alerts fire when they would have, and resolve', { skip }, async (t) => {
  const path = join(t.testdir({ 'rules.yml': RULES }), 'rules.yml')
  const args = ['replay', '--rules', path, '--stats', 'PKTS_RATE', '-']
  const { code, stdout, stderr } = await pktspot(args, { input: pcap(BURST) })
  t.same([code, stderr], [0, ''])
  const found = lines<Found>(stdout)
  t.same(
    found.map((each) => [
      each.alert,
      second(each.pending),
      second(each.firing),
      second(each.resolved),
      each.value,
    ]),
    [
      ['Recorded', 11, 11, 16, 10],
      ['Now', 11, 11, 16, 10],
      ['Held', 11, 14, 20, 10],
      ['Patient', 11, null, null, 10],
      ['Total', 29, 29, null, 74],
    ],
  )
  t.same(found[1]?.labels, { interface: 'stdin', window: '1', severity: 'page' })
})

t.test('a wrong rule file is told in the words of promtool', { skip }, async (t) => {
  const text = 'groups: [{ name: a, rules: [{ alert: X, expr: "a >" }] }]'
  const path = join(t.testdir({ 'rules.yml': text }), 'rules.yml')
  const { code, stdout, stderr } = await pktspot(['replay', '--rules', path, '-'])
  t.same([code, stdout], [1, ''])
  t.match(stderr, /^pktspot: --rules: .*\n.*FAILED[\s\S]*parse error: unexpected end of input\n$/)
})

t.test('tools that are missing are named', async (t) => {
  const folder = t.testdir({ 'rules.yml': RULES, tools: {} })
  const args = ['replay', '--rules', join(folder, 'rules.yml'), '-']
  const env = { PATH: join(folder, 'tools') }
  const { code, stderr } = await pktspot(args, { env, input: pcap(BURST) })
  t.equal(code, 1)
  t.match(stderr, /^pktspot: --rules: promtool is not on PATH: install the package prometheus/)
})

t.test('goes with no other form of output', async (t) => {
  for (const flag of [['--totals'], ['--format', 'table']]) {
    const { code, stderr } = await pktspot(['replay', '--rules', 'x', ...flag, '-'])
    t.equal(code, 2)
    t.match(stderr, '--rules')
  }
})

/** Programs that run with their files in a folder. */
function running(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const files = readdirSync(`/proc/${pid}/fd`)
      return files.some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(folder))
    } catch {
      return false
    }
  })
}

t.test('SIGINT leaves neither a program nor a file behind', { skip }, async (t) => {
  const folder = t.testdir({ 'rules.yml': RULES, 'a.pcap': Buffer.from(pcap(BURST)) })
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  const [rules, file] = ['rules.yml', 'a.pcap'].map((name) => join(folder, name))
  const env = { ...process.env, TMPDIR: temporary }
  const args = [program, 'replay', '--rules', `${rules}`, '--period', '1', `${file}`]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const isPrometheus = (): boolean =>
    readdirSync(temporary, { recursive: true }).some((name) => `${name}`.endsWith('queries.active'))
  for (const end = Date.now() + 10_000; !isPrometheus() && Date.now() < end; ) await sleep(1)
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.same(readdirSync(temporary), [])
  t.same(running(temporary), [])
})
