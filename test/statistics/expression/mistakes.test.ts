// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { expressionMistake } from '../../../src/statistics/user-statistic.ts'
import { catalogOf } from '../catalog.ts'

const catalog = catalogOf('SYN', 'SYN_ACK', 'IP', 'TCP', 'SIZES')

/** The message, and the text that the carets stand under. */
function mistake(text: string): [string, string] | undefined {
  const found = expressionMistake(text, catalog)
  if (!found) return undefined
  const [line = '', carets = ''] = found.excerpt.split('\n')
  const pointed = line.slice(carets.indexOf('^'), carets.length)
  t.match(carets, /^ *\^+$/)
  t.ok(text.slice(found.offset).startsWith(pointed), `${text}: the offset is that of the carets`)
  return [found.message, pointed]
}

t.test('an unknown name is pointed at, with the one that was meant', async (t) => {
  t.same(mistake('SYM / IP'), [
    'no counter is named SYM; did you mean SYN?; see pktspot list counters',
    'SYM',
  ])
  t.same(mistake('SYN / ip')?.[0].split('; ')[1], 'did you mean IP?')
  t.same(mistake('TCP / Seconds')?.[0], 'no counter is named Seconds; see pktspot list counters')
  t.same(mistake('mim(SYN, 2)'), [
    'no function is named mim; did you mean min?; there are prev, min, max, abs, log, log2, sqrt',
    'mim',
  ])
  t.same(mistake('SYN * SIZES'), ['SIZES is a histogram, which has no single value', 'SIZES'])
  t.same(mistake('log + 1'), ['log is a function; write log(…)', 'log'])
  t.same(mistake('SYN(1)'), ['SYN is a value and takes no parentheses', 'SYN'])
})

t.test('what breaks the grammar is pointed at', async (t) => {
  const value = 'expected a counter, a number, a function or ('
  const cases: [string, string, string][] = [
    ['SYN /', `the expression ends; ${value}`, ''],
    ['SYN / * 2', `got *; ${value}`, '*'],
    ['', `the expression ends; ${value}`, ''],
    ['(SYN', 'the expression ends; expected )', ''],
    ['SYN)', 'got ); expected an operator', ')'],
    ['SYN IP', 'got IP; expected an operator', 'IP'],
    ['SYN ? 1', 'the expression ends; expected :', ''],
    ['min(SYN', 'the expression ends; expected )', ''],
    ['min(SYN)', 'min takes 2 to 8 values, not 1', 'min'],
    ['abs(SYN, IP)', 'abs takes 1 values, not 2', 'abs'],
    ['prev(prev(SYN))', 'prev inside prev: only one window back is remembered', 'prev'],
    ['1 < 2 < 3', 'comparisons do not chain; use min(A < B, B < C)', '<'],
    ['10k', '10k is no number', '10k'],
    ['1.2.3', '1.2.3 is no number', '1.2.3'],
    ['1e', '1e is no number', '1e'],
    ['2 * 1e999', '1e999 is too large', '1e999'],
  ]
  for (const [text, message, pointed] of cases) t.same(mistake(text), [message, pointed], text)
})

t.test('what other languages have is answered with what to write', async (t) => {
  const cases: [string, string, RegExp][] = [
    ['SYN.length', '.', /no members to access/],
    ['this', 'this', /no counter is named this/],
    ['SYN["x"]', '[', /"\[" has no meaning here$/],
    ['SYN && IP', '&&', /write min/],
    ['SYN || IP', '||', /write max/],
    ['SYN = IP', '=', /write ==/],
    ['!SYN', '!', /X == 0/],
    ['SYN ^ 2', '^', /no powers/],
    ['`x`', '`', /no meaning/],
    ['process.exit(1)', '.', /no members/],
    ['SYN / 🙂', '🙂', /"🙂" has no meaning/],
    ['constructor', 'constructor', /no counter is named constructor/],
    ['toString(1)', 'toString', /no function is named toString/],
    ['__proto__', '__proto__', /no counter/],
  ]
  for (const [text, pointed, message] of cases) {
    const found = mistake(text)
    t.match(found?.[0], message, text)
    t.equal(found?.[1], pointed, text)
  }
})

t.test('only the line with the mistake is shown, cut around it', async (t) => {
  t.equal(expressionMistake('SYN +\n  IPP +\n  TCP', catalog)?.excerpt, '  IPP +\n  ^^^')
  const long = `${'SYN + '.repeat(60)}IPP${' + SYN'.repeat(60)}`
  const found = expressionMistake(long, catalog)
  t.equal(found?.offset, 360)
  const [line = '', carets = ''] = found?.excerpt.split('\n') ?? []
  t.ok(line.length > 60 && line.length <= 72, `${line.length} columns`)
  t.equal(line.slice(carets.indexOf('^'), carets.length), 'IPP')
})

t.test('length and depth are bounded', async (t) => {
  t.equal(expressionMistake(`1${' '.repeat(999)}`, catalog), undefined)
  t.match(expressionMistake(`1${' '.repeat(1000)}`, catalog), {
    offset: 1000,
    message: /^longer than 1000 characters/,
  })
  t.equal(expressionMistake(Array(500).fill('1').join('+'), catalog), undefined)
  for (const deep of [
    `${'('.repeat(60)}1${')'.repeat(60)}`,
    `${'-'.repeat(60)}1`,
    `${'1 ? 1 : '.repeat(60)}1`,
    `${'abs('.repeat(60)}1${')'.repeat(60)}`,
  ]) {
    t.match(expressionMistake(deep, catalog)?.message, /^nested more than 50 deep/)
  }
})

t.test('any text ends in a value or a mistake', async (t) => {
  const seed = Number(process.env['PKTSPOT_TEST_SEED'] ?? Date.now() % 2 ** 31)
  t.comment(`seed ${seed}`)
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  const words = 'SYN IP + - * / % < == ? : ( ) , min prev seconds 1 .5 1e9 && x \n é'.split(' ')
  let good = 0
  for (let i = 0; i < 5000; i++) {
    const text = Array.from({ length: random(12) }, () => words[random(words.length)]).join(' ')
    const found = expressionMistake(text, catalog)
    if (!found) good++
    else if (found.offset < 0 || found.offset > text.length) t.fail(`${text}: ${found.offset}`)
  }
  t.ok(good > 10, `${good} of them are expressions`)
})
