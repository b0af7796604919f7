// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { loadBuiltinStatistics, loadStatistics } from '../../src/statistics/builtin.ts'
import { look } from './look.ts'

const statistics = await loadBuiltinStatistics()

/** Computes a statistic from counters by name; a counter that is not given is 0. */
function compute(
  name: string,
  counters: Record<string, number>,
  more: { seconds?: number; previous?: Record<string, number> } = {},
): number {
  const found = statistics.find((statistic) => statistic.name === name)
  if (!found) throw new Error(`no statistic ${name}`)
  const values = (from: Record<string, number>) => found.counters.map((each) => from[each] ?? 0)
  return found.compute(look(values(counters), more.previous && values(more.previous), more.seconds))
}

t.test('ratios are part by whole, and NaN over nothing', async (t) => {
  const cases = [
    ['R_SYN', { SYN: 3, IP: 12 }, 0.25],
    ['R_ACK', { ACK: 9, IP: 12 }, 0.75],
    ['R_ICMP', { ICMP: 2, ICMP6: 4, IP: 12 }, 0.5],
    ['R_IP', { IP: 12, PKTS: 16 }, 0.75],
    ['R_ARP', { ARP: 4, PKTS: 16 }, 0.25],
    ['R_DST_SRC', { NB_UNIQ_DST_ADDR: 30, NB_UNIQ_SRC_ADDR: 4 }, 7.5],
    ['R_DST_SRC_PORT', { NB_UNIQ_DST_PORT: 1, NB_UNIQ_SRC_PORT: 8 }, 0.125],
    ['AVG_PKT_SIZE', { IP_BYTES: 1500, IP: 12 }, 125],
    ['R_SYN_ONLY', { SYN_ONLY: 30, SYN_ACK: 10 }, 0.75],
  ] as const
  for (const [name, counters, expected] of cases) {
    t.equal(compute(name, counters), expected, name)
    t.ok(Number.isNaN(compute(name, {})), `${name} of an empty window`)
    if (name === 'R_SYN_ONLY') continue
    const whole = Object.keys(counters).at(-1) ?? ''
    t.ok(Number.isNaN(compute(name, { ...counters, [whole]: 0 })), `${name} by nothing`)
  }
})

t.test('rates are so many a second, and 0 over an empty window', async (t) => {
  const cases = [
    ['TRAFFIC', { IP: 120 }],
    ['PKTS_RATE', { PKTS: 120 }],
    ['BYTES_RATE', { BYTES: 120 }],
    ['TCP_RATE', { TCP: 120 }],
    ['SYN_ONLY_RATE', { SYN_ONLY: 120 }],
    ['SYN_ACK_RATE', { SYN_ACK: 120 }],
    ['RST_RATE', { RST: 120 }],
    ['UDP_RATE', { UDP: 120 }],
    ['ICMP_RATE', { ICMP: 90, ICMP6: 30 }],
    ['ARP_RATE', { ARP: 120 }],
    ['DROP_RATE', { DROPPED: 120 }],
    ['FRAG_RATE', { FRAG: 120 }],
    ['IP6_RATE', { IP6: 120 }],
    ['TRANSMIT_PKTS_RATE', { TRANSMIT_PKTS: 120 }],
    ['TRANSMIT_BYTES_RATE', { TRANSMIT_BYTES: 120 }],
    ['TRANSMIT_SYN_ONLY_RATE', { TRANSMIT_SYN_ONLY: 120 }],
    ['TRANSMIT_RST_RATE', { TRANSMIT_RST: 120 }],
    ['TRANSMIT_UDP_RATE', { TRANSMIT_UDP: 120 }],
  ] as const
  for (const [name, counters] of cases) {
    t.equal(compute(name, counters, { seconds: 10 }), 12, name)
    t.equal(compute(name, {}), 0, `${name} of an empty window`)
  }
  const rates = statistics.filter(({ unit }) => unit.endsWith(' per second'))
  t.same(rates.map(({ name }) => name).sort(), ['PERF', ...cases.map(([name]) => name)].sort())
})

t.test('levels are what is distinct in the window, whatever its length', async (t) => {
  const cases = [
    ['UNIQ_SRC', { NB_UNIQ_SRC_ADDR: 42 }],
    ['UNIQ_DST', { NB_UNIQ_DST_ADDR: 42 }],
    ['UNIQ_FLOWS', { NB_UNIQ_FLOWS: 42 }],
    ['UNIQ_DST_PORT', { NB_UNIQ_DST_PORT: 30, NB_UNIQ_UDP_DST_PORT: 12 }],
  ] as const
  for (const [name, counters] of cases) {
    t.equal(compute(name, counters, { seconds: 10 }), 42, name)
    t.equal(compute(name, {}), 0, `${name} of an empty window`)
  }
})

t.test('PERF is a rate by the clock, and NaN where the clock tells nothing', async (t) => {
  const start = 1_700_000_000_000_000_000
  const perf = (now: number, before?: number) =>
    compute(
      'PERF',
      { PKTS: 500, REAL_TIME: now },
      before === undefined ? {} : { previous: { REAL_TIME: before } },
    )
  t.equal(perf(start + 250_000_128, start), 500 / 0.250000128)
  t.ok(Number.isNaN(perf(start)), 'no window before')
  t.ok(Number.isNaN(perf(start, 0)), 'no packet before')
  t.ok(Number.isNaN(perf(start, start)), 'no packet since')
})

t.test(
  'volumes and sizes are monitored on both tails, the rest above, PERF not at all',
  async (t) => {
    const byTails = (tails: string) =>
      statistics.filter((each) => each.tails.join() === tails).map(({ name }) => name)
    const both = ['AVG_PKT_SIZE', 'BYTES_RATE', 'PKTS_RATE', 'R_IP', 'TRAFFIC']
    t.same(byTails('lower,upper'), both)
    t.same(byTails(''), ['PERF'])
    t.equal(byTails('upper').length, 28)
    t.equal(statistics.length, 34)
  },
)

t.test('a folder is imported in name order, declarations and maps left out', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-statistics-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const write = (file: string, text: string) => writeFile(join(folder, file), text)
  await write('package.json', '{"type":"module"}')
  await write('b.js', 'export default { name: "SECOND" }')
  await write('a.js', 'export default { name: "FIRST" }')
  await write('a.d.ts', 'not a module')
  await write('a.js.map', '{}')
  const url = pathToFileURL(`${folder}/`)
  t.same(
    (await loadStatistics(url)).map(({ name }) => name),
    ['FIRST', 'SECOND'],
  )
  await write('c.js', 'export default { name: "FIRST" }')
  await t.rejects(
    loadStatistics(url),
    new PktspotError(
      'SETTINGS',
      'c.js: statistic FIRST is already defined in a.js; choose another name',
    ),
  )
})
