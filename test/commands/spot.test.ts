// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { createCompatDetector } from '../../src/spot/compat/compat.ts'
import type { Detector, TailName } from '../../src/spot/detector.ts'
import { createDetector } from '../../src/spot/spot.ts'
import { draw } from '../spot/streams.ts'
import { lines, pktspot } from '../support/replay.ts'
import { program } from '../support/root.ts'

const SEED = 77

interface Row {
  readonly n: number
  readonly value: number | null
  readonly verdict: string
  readonly tail: TailName | null
  readonly upper: number | null
  readonly lower: number | null
  readonly probability: number | null
}

function spot(input: string, ...flags: readonly string[]) {
  return pktspot(['spot', ...flags], { input: Buffer.from(input) })
}

/** What a detector says of the values, as the command prints it. */
function expected(detector: Detector, values: readonly number[]): Row[] {
  const json = (value: number): number | null => (Number.isFinite(value) ? value : null)
  return values.map((value, i) => {
    const { verdict, tail = null, upper, lower, probability } = detector.judge(value)
    const [high, low, rarity] = [json(upper), json(lower), json(probability)]
    return { n: i + 1, value, verdict, tail, upper: high, lower: low, probability: rarity }
  })
}

function numbers(count: number): number[] {
  const next = draw.gaussian(SEED)
  return Array.from({ length: count }, (_, i) => (i % 700 > 640 && i > 20_000 ? 9 : next()))
}

t.test('every line is judged, by the settings that the flags give', async (t) => {
  const values = numbers(30_000)
  const text = values.join('\n')
  const standard = {
    tails: ['lower', 'upper'],
    q: 1e-4,
    level: 0.97,
    nInit: 1000,
    maxExcess: 200,
    depth: 0,
    holdOff: 60,
    maxEvent: 3600,
  } as const
  const given = '--q 1e-3 --level 0.9 --n-init 500 --max-excess 50 --depth 20 --tail upper'
  for (const [flags, detector] of [
    ['', createDetector(standard)],
    [
      `${given} --hold-off 3 --max-event 40`,
      createDetector({
        tails: ['upper'],
        q: 1e-3,
        level: 0.9,
        nInit: 500,
        maxExcess: 50,
        depth: 20,
        holdOff: 3,
        maxEvent: 40,
      }),
    ],
    [
      '--compat libspot',
      createCompatDetector({ ...standard, tails: ['upper'], level: 0.98, discard: true }),
    ],
    [
      '--compat libspot --no-discard --tail lower --level .95',
      createCompatDetector({ ...standard, tails: ['lower'], level: 0.95, discard: false }),
    ],
  ] as const) {
    const { code, stdout, stderr } = await spot(text, ...flags.split(' ').filter(Boolean))
    t.match({ code, stderr }, { code: 0, stderr: '' }, flags)
    const [found, wanted] = [lines<Row>(stdout), expected(detector, values)]
    t.equal(found.length, wanted.length)
    t.equal(JSON.stringify(found), JSON.stringify(wanted), flags || 'no flags')
  }
})

t.test('a missing value takes a line and is null', async (t) => {
  const { code, stdout } = await spot('1\r\n\n nan\nNULL\n-NaN\n1e3\ninf\n-0.5')
  t.equal(code, 0)
  const found = lines<Row>(stdout)
  t.same(
    found.map(({ value }) => value),
    [1, null, null, null, null, 1000, null, -0.5],
  )
  t.same(found[1], {
    n: 2,
    value: null,
    verdict: 'learning',
    tail: null,
    upper: null,
    lower: null,
    probability: null,
  })
})

t.test('a line that is no number ends it with 1, after all before it is printed', async (t) => {
  for (const [line, shown] of [
    ['abc', '"abc"'],
    ['1 2', '"1 2"'],
    ['1,5', '"1,5"'],
    ['x'.repeat(100), `"${'x'.repeat(40)}…"`],
  ]) {
    const { code, stdout, stderr } = await spot(`1\n2\n${line}\n3\n`)
    t.equal(code, 1)
    t.equal(lines(stdout).length, 2)
    t.equal(stderr, `pktspot: stdin: line 3: ${shown} is no number; see pktspot spot --help\n`)
  }
  const endless = await spot(`1\n${'7'.repeat(200_000)}`)
  t.equal(endless.code, 1)
  t.match(endless.stderr, 'line 2: "7777')
})

t.test('nothing in, nothing out', async (t) => {
  t.match(await spot(''), { code: 0, stdout: '', stderr: '' })
})

t.test('in a pipe each value is answered at once, and a signal ends it with 0', async (t) => {
  const child = spawn(process.execPath, [program, 'spot'])
  t.teardown(() => child.kill('SIGKILL'))
  const rows = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  for (const value of [3, 4]) {
    child.stdin.write(`${value}\n`)
    t.match(JSON.parse((await rows.next()).value ?? ''), { value })
  }
  child.kill('SIGINT')
  t.strictSame(await once(child, 'exit'), [0, null])
})

t.test('flags that make no sense are refused by name with 2', async (t) => {
  for (const [flags, message] of [
    ['--q 0.03', '--q is 0.03, but must be above 0 and below 1 - level = 0.03; see'],
    ['--q x', "option '--q <probability>' argument 'x' is invalid. It is no number; see"],
    ['--level 1', '--level is 1, but must be above 0 and below 1; see'],
    ['--n-init 49', '--n-init must be between 50 and 10000000; see'],
    ['--n-init 1.5', "argument '1.5' is invalid. It is no whole number; see"],
    ['--max-excess 9', '--max-excess is 9, but must be a whole number between 10 and 65536; see'],
    ['--max-excess 0 --compat libspot', '--max-excess is 0, but must be a whole number, at least'],
    ['--depth 99999999', '--depth must be at most 10000000; see'],
    ['--max-event 0', '--max-event is 0, but must be at least 1; see'],
    ['--tail up', "argument 'up' is invalid. Allowed choices are upper, lower, both; see"],
    ['--no-discard', '--no-discard needs --compat libspot; see'],
    ['--compat libspot --tail both', '--compat libspot watches one tail a run; choose --tail'],
    ['--compat gospot', "argument 'gospot' is invalid. Allowed choices are libspot; see"],
  ] as const) {
    const { code, stdout, stderr } = await spot('1\n', ...flags.split(' '))
    t.match({ code, stdout }, { code: 2, stdout: '' }, flags)
    t.match(stderr, message)
  }
})
