// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { demo } from '../fixtures/demo-frames.ts'
import { START } from '../fixtures/timed.ts'
import type { Frame } from '../support/pcap.ts'
import { packageRoot } from '../support/root.ts'
import { countFrames } from '../support/truth.ts'
import { pktspot } from './spawned.ts'

interface Line {
  readonly kind: 'data' | 'alarm'
  readonly time: string
  readonly window: number
  readonly statistic?: string
  readonly statistics: Readonly<Record<string, { value: number | null }>>
}

type Counts = (name: string) => number

/** What each statistic should be, from exact counts of one second. */
const EXACT: Readonly<Record<string, (of: Counts) => number>> = {
  R_SYN: (of) => of('SYN') / (of('IP4') + of('IP6')),
  R_ACK: (of) => of('ACK') / (of('IP4') + of('IP6')),
  R_ICMP: (of) => (of('ICMP') + of('ICMP6')) / of('IP'),
  R_IP: (of) => of('IP') / of('PKTS'),
  R_ARP: (of) => of('ARP') / of('PKTS'),
  R_DST_SRC_PORT: (of) => of('NB_UNIQ_DST_PORT') / of('NB_UNIQ_SRC_PORT'),
  R_SYN_ONLY: (of) => of('SYN_ONLY') / (of('SYN_ONLY') + of('SYN_ACK')),
  AVG_PKT_SIZE: (of) => of('IP_BYTES') / of('IP'),
  TRAFFIC: (of) => of('IP'),
  PKTS_RATE: (of) => of('PKTS'),
  BYTES_RATE: (of) => of('BYTES'),
  TCP_RATE: (of) => of('TCP'),
  SYN_ONLY_RATE: (of) => of('SYN_ONLY'),
  SYN_ACK_RATE: (of) => of('SYN_ACK'),
  RST_RATE: (of) => of('RST'),
  UDP_RATE: (of) => of('UDP'),
  ICMP_RATE: (of) => of('ICMP') + of('ICMP6'),
  ARP_RATE: (of) => of('ARP'),
  FRAG_RATE: (of) => of('FRAG'),
  IP6_RATE: (of) => of('IP6'),
  UNIQ_DST_PORT: (of) => of('NB_UNIQ_DST_PORT') + of('NB_UNIQ_UDP_DST_PORT'),
}

/** The same of those that are estimated. */
const ESTIMATED: typeof EXACT = {
  R_DST_SRC: (of) => of('NB_UNIQ_DST_ADDR') / of('NB_UNIQ_SRC_ADDR'),
  UNIQ_SRC: (of) => of('NB_UNIQ_SRC_ADDR'),
  UNIQ_DST: (of) => of('NB_UNIQ_DST_ADDR'),
  UNIQ_FLOWS: (of) => of('NB_UNIQ_FLOWS'),
}

/** Two of some ten things may fall together in a sketch, whose hash is another in each run. */
const COLLISIONS = 0.25

const DEMO = join(packageRoot, 'test/fixtures/demo.pcap')

async function replayed(...args: string[]): Promise<Line[]> {
  const { code, stdout } = await pktspot(['replay', ...args, DEMO])
  t.equal(code, 0)
  const lines = stdout.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line).filter(({ window }) => window === 1)
}

t.test('every statistic is what an independent count of the same frames makes it', async (t) => {
  const seconds = new Map<number, Frame[]>()
  for (const frame of demo()) {
    const second = Number((frame.at - START) / 1_000_000_000n)
    seconds.set(second, [...(seconds.get(second) ?? []), frame])
  }
  const windows = (await replayed()).filter(({ kind }) => kind === 'data')
  t.equal(windows.length, 120)
  const names = Object.keys(windows[0]?.statistics ?? {}).filter((name) => name !== 'PERF')
  t.same(names.sort(), [...Object.keys(EXACT), ...Object.keys(ESTIMATED)].sort())
  for (const [second, { statistics }] of windows.entries()) {
    const { counters } = countFrames(seconds.get(second) ?? [])
    const of = (name: string): number => counters[name] ?? Number.NaN
    const wrong = (wanted: typeof EXACT, tolerance: number): string[] =>
      Object.entries(wanted).flatMap(([name, expected]) => {
        const [value, truth] = [statistics[name]?.value ?? Number.NaN, expected(of)]
        const good = Number.isFinite(truth)
          ? Math.abs(value - truth) <= tolerance * Math.abs(truth)
          : Number.isNaN(value)
        return good ? [] : [`${name} is ${value}, not ${truth}`]
      })
    t.same([...wrong(EXACT, 1e-12), ...wrong(ESTIMATED, COLLISIONS)], [], `second ${second}`)
  }
})

t.test('a flood in a capture raises an alarm of the statistics that see it', async (t) => {
  const text = 'spot: { n_init: 60, level: 0.8, q: 1e-4 }\n'
  const config = join(t.testdir({ 'c.yaml': text }), 'c.yaml')
  const alarms = (await replayed('-c', config)).filter(({ kind }) => kind === 'alarm')
  const during = alarms.filter(({ time }) => {
    const second = Date.parse(time) / 1000 - Number(START / 1_000_000_000n)
    return second >= 105 && second < 112
  })
  const names = new Set(during.map(({ statistic }) => statistic))
  for (const name of ['R_SYN', 'SYN_ONLY_RATE']) t.ok(names.has(name), name)
  const others = alarms.filter((alarm) => !during.includes(alarm))
  t.ok(others.length <= during.length / 2, `${others.length} others beside ${during.length}`)
})
