// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t from 'tap'
import { compileFilters } from '../../src/filters/compile.ts'
import { INSTRUCTIONS_IN_TOTAL } from '../../src/filters/limits.ts'
import { ETHERNET, RAW } from '../../src/filters/link-types.ts'
import { type ClassicProgram, type FilterMistake, isMistake } from '../../src/filters/program.ts'
import { numbers } from '../support/bytes.ts'

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const LINUX_SLL = 113
const NFLOG = 239

/** Some seconds' work for libpcap. */
const manyPorts = Array.from({ length: 310 }, (_, at) => `port ${at + 1}`).join(' or ')

type Result = ClassicProgram | FilterMistake

async function compileOne(text: string, linkType = ETHERNET): Promise<Result> {
  const [result] = await compileFilters([text], linkType)
  if (!result) throw new Error('no result')
  return result
}

async function mistakeOf(text: string): Promise<FilterMistake> {
  const result = await compileOne(text)
  if (!isMistake(result)) throw new Error(`${text}: compiled`)
  return result
}

const instructions = (result: Result | undefined): number =>
  result && !isMistake(result) ? result.instructions.length / 8 : Number.NaN

t.test('gives programs and mistakes in the order of the texts', async (t) => {
  const texts = ['tcp port 80', 'tcp and and', 'udp', 'host nowhere', 'port http']
  const results = await compileFilters(texts, ETHERNET)
  t.same(
    results.map((result) => (isMistake(result) ? result.kind : result.text)),
    ['tcp port 80', 'syntax', 'udp', 'name', 'port http'],
  )
  t.same(await compileFilters([], ETHERNET), [])
})

t.test('compiles for the link layer', async (t) => {
  const [ethernet, raw, cooked] = await Promise.all(
    [ETHERNET, RAW, LINUX_SLL].map((link) => compileOne('tcp port 80', link)),
  )
  t.ok([ethernet, raw, cooked].every((result) => instructions(result) > 0))
  t.notSame(ethernet, raw)
  t.notSame(ethernet, cooked)
  t.match(await compileOne('ether host aa:bb:cc:dd:ee:ff', RAW), { kind: 'syntax' })
  t.match(await compileOne('tcp', NFLOG), { kind: 'syntax', message: /not implemented/ })
})

t.test("tells libpcap's words and the place", async (t) => {
  const places: [string, Partial<FilterMistake>][] = [
    ['tcp and and', { message: 'syntax error', offset: 8, length: 3 }],
    ['tcp)', { message: 'syntax error', offset: 3, length: 1 }],
    ['(tcp port 80', { message: 'syntax error', offset: 12, length: 0 }],
    ['tcp[13', { message: 'syntax error', offset: 6, length: 0 }],
    ['tcp or & 3', { message: 'syntax error', offset: 7, length: 1 }],
    ['udp and port nosuch', { message: "unknown port 'nosuch'", offset: 13, length: 6 }],
    ['ip[2:9] = 3', { message: 'data size must be 1, 2, or 4' }],
    ['1 = 2', { message: 'expression rejects all packets' }],
    ['tcp\0udp', { message: 'illegal character', offset: 3, length: 1 }],
  ]
  for (const [text, expected] of places) {
    t.match(await mistakeOf(text), { kind: 'syntax', ...expected }, text)
  }
})

t.test('refuses what cannot run for each packet, with the reason', async (t) => {
  t.match(await mistakeOf('ip protochain 6'), { kind: 'unsupported', message: /loop/ })
  t.match(await mistakeOf('inbound'), { kind: 'unsupported', message: /beside a packet/ })
})

t.test('names the limit that a hostile text passes, within two seconds each', async (t) => {
  const hosts = (count: number): string =>
    Array.from({ length: count }, (_, at) => `host 1.2.${at >> 8}.${at & 255}`).join(' or ')
  const deep = `${'('.repeat(2000)}tcp${')'.repeat(2000)}`
  const sums = `ip[${Array.from({ length: 200 }, (_, at) => `ip[${at}]+`).join('')}0] = 0`
  const hostile: [string, string, FilterMistake['kind'][], RegExp][] = [
    ['1,000 hosts', hosts(1000), ['limit'], /bytes, 4096 at most/],
    ['all hosts that fit', hosts(230), ['limit'], /512 at most|1 s/],
    ['many ports', manyPorts, ['limit'], /512 at most|1 s/],
    ['1 MB', 'tcp or '.repeat(150_000), ['limit'], /bytes, 4096 at most/],
    ['deep brackets', sums, ['syntax', 'limit'], /.+/],
    ['thousands of parentheses', `${deep} `.slice(0, 4000), ['limit'], /deeper than the 64 levels/],
    ['parentheses never closed', '('.repeat(60), ['syntax'], /syntax error/],
    ['garbage', '\u{1f600}\u0001\u0002'.repeat(400), ['syntax'], /.+/],
    ['protochain', 'ip6 protochain 17 or ip protochain 6', ['unsupported'], /loop/],
  ]
  for (const [what, text, kinds, message] of hostile) {
    const start = performance.now()
    const mistake = await mistakeOf(text)
    const seconds = (performance.now() - start) / 1000
    t.ok(kinds.includes(mistake.kind), `${what}: ${mistake.kind}`)
    t.match(mistake.message, message, what)
    t.ok(seconds < 4, `${what}: ${seconds.toFixed(2)} s, start of the process included`)
  }
})

t.test('a slow filter does not take the others with it', async (t) => {
  const texts = ['tcp', manyPorts, 'udp', 'host x.y', 'icmp']
  const results = await compileFilters(texts, ETHERNET)
  t.same(
    [0, 2, 4].map((at) => instructions(results[at]) > 0),
    [true, true, true],
  )
  t.match(results[1], { kind: 'limit' })
  t.match(results[3], { kind: 'name' })
})

t.test('all filters together are bounded', async (t) => {
  const text = Array.from({ length: 40 }, (_, at) => `ip[${at}] = ${at}`).join(' and ')
  const each = instructions(await compileOne(text))
  const count = Math.ceil(INSTRUCTIONS_IN_TOTAL / each) + 3
  const results = await compileFilters(Array<string>(count).fill(text), ETHERNET)
  const fitting = Math.floor(INSTRUCTIONS_IN_TOTAL / each)
  t.equal(results.filter((result) => !isMistake(result)).length, fitting)
  t.match(results[fitting], { kind: 'limit', message: /8192 at most/ })
})

t.test(`random text never breaks the compiler, seed ${SEED}`, async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  const random = numbers(SEED)
  const words = [
    'tcp',
    'host',
    '1.2.3.4',
    '(',
    ')',
    '[',
    ']',
    'and',
    'or',
    'not',
    'port',
    '80',
    '&',
    '=',
    ':',
    'net',
  ]
  const more = [
    'vlan',
    '::1',
    'ether',
    '-',
    '0x',
    '\\',
    "'",
    '"',
    'x',
    '/',
    '%',
    'mask',
    'proto',
    '!',
    '|',
    '<<',
  ]
  const all = [...words, ...more]
  const texts = Array.from({ length: 200 }, () =>
    Array.from(
      { length: 1 + Math.floor(random() * 12) },
      () => all[Math.floor(random() * all.length)],
    ).join(' '),
  )
  const results = await compileFilters([...texts, 'tcp port 80'], ETHERNET)
  t.equal(results.length, texts.length + 1)
  for (const [at, result] of results.entries()) {
    if (!isMistake(result)) continue
    const { message, offset = 0, length = 0 } = result
    if (message === '' || offset + length > (texts[at] ?? '').length)
      t.fail(`${texts[at]}: ${message}`)
  }
  t.notOk(results.slice(-1).some(isMistake), 'what is right compiles all the same')
})
