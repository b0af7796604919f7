// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { numbers } from '../support/bytes.ts'
import { combinations } from '../support/filter-texts.ts'
import { pktspot } from '../support/replay.ts'

t.setTimeout(240_000)

/** Checks a settings file of these lines. */
async function check(t: Test, lines: readonly string[]) {
  const file = join(t.testdir(), 'settings.yml')
  await writeFile(file, `${lines.join('\n')}\n`)
  const start = performance.now()
  const { code, stderr } = await pktspot(['check', file])
  const said = stderr
    .replaceAll(file, 'FILE')
    .replaceAll(/^pktspot: /gm, '')
    .trimEnd()
  return { code, said: said.split('\n'), seconds: (performance.now() - start) / 1000 }
}

const counter = (more: string): string => `  - { name: MINE, help: Mine, layer: TCP, ${more} }`

t.test('the documented counter is good', async (t) => {
  const { code, said } = await check(t, [
    'counters:',
    '  - name: TCP_ZEROWIN',
    '    help: TCP segments that advertise a zero window',
    '    layer: TCP',
    '    filter: "tcp[14:2] == 0 and tcp[tcpflags] & tcp-rst == 0"',
    '    add: 1                # 1 | bytes | payload_bytes;  or  unique: ip.src',
    'user_statistics:',
    '  - { name: R_ZEROWIN, expr: "TCP_ZEROWIN / TCP", when: "TCP > 100" }',
  ])
  t.same([code, said], [0, ['']])
})

t.test("libpcap's message comes with file, line and column", async (t) => {
  const { code, said } = await check(t, [
    'counters:',
    '  - name: MINE',
    '    help: Mine',
    '    layer: TCP',
    '    filter: "tcp port 80 and',
    '      and udp"',
  ])
  t.equal(code, 78)
  t.same(said, [
    'FILE:6:7: counters[0].filter: syntax error',
    '    tcp port 80 and and udp',
    '                    ^^^',
  ])
})

t.test('a mistake in a rule or filter of a group has its own place', async (t) => {
  const { code, said } = await check(t, [
    'counter_groups:',
    '  - control: { guid: "{5A1E7B60-1111-4222-8333-123456789ABC}", name: Mine, description: d }',
    '    filter: tcp port',
    "    key: { rules: [{ if: 'tcp port 80', key: web }, { if: 'udp prot 53', key: dns }] }",
    '    meters: [[0, COUNTER, 10, 0, Packets, Packets, Pkts]]',
  ])
  t.equal(code, 78)
  t.match(said[0], /^FILE:3:21: counter_groups\[0\]\.filter: syntax error/)
  t.match(
    said.find((line) => line.includes('rules')),
    /^FILE:4:64: .*rules\[1\]\.if: "prot" /,
  )
})

const MISTAKES: readonly (readonly [what: string, line: string, said: RegExp])[] = [
  ['no filter', counter('add: 1'), /filter: got nothing/],
  ['another add', counter('filter: tcp, add: 2'), /add: got 2; expected 1, bytes or payload_bytes/],
  ['add and unique', counter('filter: tcp, add: 1, unique: ip.src'), /one of the two/],
  ['a field that is none', counter('filter: tcp, unique: ip.scr'), /did you mean ip\.src\?/],
  ['a layer that is none', counter('filter: tcp').replace('TCP', 'TPC'), /did you mean TCP\?/],
  ['the clock', counter('filter: tcp').replace('TCP', 'CLOCK'), /layer: got "CLOCK"/],
  ["a built-in counter's name", counter('filter: tcp').replace('MINE', 'SYN'), /no other counter has/],
  ["a built-in counter's metric", counter('filter: tcp').replace('MINE', 'syn'), /SYN gives pktspot_receive_syn_packets/],
  ['the same name twice', `${counter('filter: tcp')}\n${counter('filter: udp')}`, /FILE:3:.*no other counter has/],
  ['a host name', counter('filter: host example.org'), /host names are not looked up/],
  ['what the kernel cannot run', counter('filter: inbound'), /filter: \S/],
] // biome-ignore format: a table

for (const [what, line, expected] of MISTAKES) {
  t.test(`${what} is refused`, async (t) => {
    const { code, said } = await check(t, ['counters:', line])
    t.equal(code, 78)
    t.match(said.join('\n'), expected)
    t.match(said[0], /^FILE:\d+:\d+: counters\[\d\]/)
  })
}

t.test('64 counters are good, 8 of them of different values, and no more', async (t) => {
  const many = (count: number, uniques: number): string[] =>
    Array.from({ length: count }, (_, at) => {
      const unique = at < uniques ? ', unique: ip.src' : ''
      return `  - { name: C${at}, help: Port ${at}, layer: TCP, filter: tcp port ${at}${unique} }`
    })
  t.equal((await check(t, ['counters:', ...many(64, 8)])).code, 0)
  const more = await check(t, ['counters:', ...many(65, 8)])
  t.match(
    [more.code, more.said[0]],
    [78, /FILE:66:5: counters\[64\]: got "65 counters"; expected at most 64/],
  )
  const uniques = await check(t, ['counters:', ...many(64, 9)])
  t.match([uniques.code, uniques.said[0]], [78, /^FILE:10:.*counters\[8\]\.unique: .*at most 8/])
})

t.test('a statistic reads a counter of the same file', async (t) => {
  const statistic = ['user_statistics:', '  - { name: R_MINE, expr: "MINE / TCP + MIEN" }']
  const { code, said } = await check(t, ['counters:', counter('filter: tcp'), ...statistic])
  t.equal(code, 78)
  t.match(said[0], /no counter is named MIEN; did you mean MINE\?/)
})

const HOSTS = (count: number): string =>
  Array.from({ length: count }, (_, at) => `host 10.0.${at >> 8}.${at & 255}`).join(' or ')
const HOSTILE: readonly (readonly [what: string, filter: string, limit: RegExp])[] = [
  ['a thousand hosts', HOSTS(1000), /bytes, 4096 at most/],
  ['two hundred hosts', HOSTS(200), /more than 1 s|instructions, 512 at most/],
  ['thousands of instructions', Array.from({ length: 90 }, (_, at) => `(ip[${at}:4] & ${at + 3} = ${at} or tcp[${at}] = 7)`).join(' and '), /instructions, 512 at most|more than 1 s/],
  ['deep nesting', `${'('.repeat(2000)}tcp${')'.repeat(2000)}`, /deeper than the 64 levels/],
  ['a megabyte', `tcp${' '.repeat(1_000_000)}and udp`, /4096 at most|1 MiB|1048576/],
  ['protochain', 'ip protochain 6', /loop|back|protochain/],
] // biome-ignore format: a table

for (const [what, filter, limit] of HOSTILE) {
  t.test(`${what} is refused in time`, async (t) => {
    const { code, said, seconds } = await check(t, [
      'counters:',
      `  - { name: MINE, help: Mine, layer: PKT, filter: ${JSON.stringify(filter)} }`,
    ])
    t.comment(`${code} after ${seconds.toFixed(1)} s: ${said[0]?.slice(0, 200)}`)
    t.match(said[0], limit)
    t.equal(code, 78)
    /* libpcap may have two seconds; what else a check does takes as long as it takes without filters */
    t.ok(seconds < 2 + (await check(t, ['counters: []'])).seconds * 2)
  })
}

t.test('random filters are good or have a place and a reason', async (t) => {
  const texts = combinations(20, numbers(5))
  const lines = texts.map(
    (text, at) => `  - { name: C${at}, help: Random, layer: PKT, filter: ${JSON.stringify(text)} }`,
  )
  const { code, said } = await check(t, ['counters:', ...lines])
  if (code !== 0) for (const line of said) t.match(line, /^FILE:\d+:\d+: |^ {4}/)
  t.ok(code === 0 || code === 78)
})
