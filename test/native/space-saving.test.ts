// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from 'tap'
import { numbers } from '../support/bytes.ts'
import { command } from '../support/command.ts'
import { compile } from '../support/compile.ts'
import { zipf } from '../support/zipf.ts'

const SEED = 20_101_030
const program = await compile(t, 'test/native/space-saving.c', 'native/addon/space_saving.c')

interface Shape {
  readonly words: number
  readonly adds: number
  readonly rank: number
  readonly tracked: number
}

interface Row {
  readonly key: readonly number[]
  readonly adds: readonly number[]
  readonly error: number
}

interface Fill {
  readonly tracked: number
  readonly room: number
  readonly evictions: number
  readonly error: number
  readonly bytes: number
}

interface Outcome {
  readonly before: Fill
  readonly after: Fill
  readonly seconds: number
  readonly top: readonly Row[]
}

interface Asked {
  /** Keys to name, all by default, and the cell to name them by, the ranked one by default. */
  readonly count?: number
  readonly by?: number
  readonly forgetAfter?: number
}

/** Runs updates, each the key's words and the increments as pairs of 32 bits, through a table. */
async function run(shape: Shape, updates: Uint32Array, asked: Asked = {}): Promise<Outcome> {
  const { words, adds, rank, tracked } = shape
  const { count = tracked, by = rank, forgetAfter = 0 } = asked
  const args = [words, adds, rank, tracked, count, by, forgetAfter].map(String)
  const input = new Uint8Array(updates.buffer)
  const { code, stdout, stderr } = await command(program, args, { input })
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`)
  return JSON.parse(stdout) as Outcome
}

/** A key's words: its bytes, most significant first, then zeros; of one word the key itself. */
function wordsOf(key: number, words: number): number[] {
  if (words === 1) return [key]
  return Array.from({ length: words }, (_, word) => (word < 2 ? (key >> (8 - 8 * word)) & 255 : 0))
}

interface Stream {
  readonly updates: Uint32Array
  /** What each key's cells add up to, by its words. */
  readonly truth: ReadonlyMap<string, number[]>
}

/** Zipf-distributed updates, all keys at least once in the beginning, of random increments. */
function stream(shape: Shape, keys: number, length: number, seed: number): Stream {
  const { words, adds } = shape
  const [draw, random] = [zipf(keys, 1, seed), numbers(seed + 1)]
  const updates = new Uint32Array(2 * length * (words + adds))
  const truth = new Map<string, number[]>()
  let at = 0
  for (let update = 0; update < length; update++) {
    const key = wordsOf(update < keys ? update : draw(), words)
    const increments = Array.from({ length: adds }, () => Math.floor(random() ** 4 * 1500))
    for (const value of [...key, ...increments]) {
      updates[at] = value
      at += 2
    }
    const name = key.join()
    const before = truth.get(name) ?? increments.map(() => 0)
    truth.set(
      name,
      before.map((sum, cell) => sum + (increments[cell] ?? 0)),
    )
  }
  return { updates, truth }
}

/** Keys with their true cells, as the table is to name them. */
function exactRows(truth: Stream['truth'], by: number): Row[] {
  return [...truth]
    .map(([name, adds]) => ({ key: name.split(',').map(Number), adds, error: 0 }))
    .sort((a, b) => (b.adds[by] ?? 0) - (a.adds[by] ?? 0) || compare(a.key, b.key))
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((word, index) => word !== b[index])
  return (a[at] ?? 0) - (b[at] ?? 0)
}

const SHAPES: readonly Shape[] = [
  { words: 1, adds: 1, rank: 0, tracked: 200 },
  { words: 2, adds: 2, rank: 1, tracked: 256 },
  { words: 5, adds: 3, rank: 0, tracked: 77 },
  { words: 3, adds: 8, rank: 7, tracked: 1 },
]

for (const shape of SHAPES) {
  const name = JSON.stringify(shape)
  t.test(`counts are exact while the keys fit: ${name}`, async (t) => {
    t.comment(`seed ${SEED}`)
    const { updates, truth } = stream(shape, shape.tracked, 20_000, SEED)
    for (let by = 0; by < shape.adds; by++) {
      const { top, after } = await run(shape, updates, { by })
      t.same(top, exactRows(truth, by), `by cell ${by}`)
      t.match(after, { tracked: shape.tracked, evictions: 0, error: 0 })
    }
  })

  t.test(`estimates and errors bound the truth: ${name}`, async (t) => {
    for (let seed = SEED; seed < SEED + 5; seed++) {
      t.comment(`seed ${seed}`)
      const { updates, truth } = stream(shape, 9 * shape.tracked, 20_000, seed)
      const { top, after } = await run(shape, updates)
      bounded(t, shape, { top, after, truth })
    }
  })
}

function bounded(
  t: Test,
  { rank, tracked }: Shape,
  { top, after, truth }: Pick<Outcome, 'top' | 'after'> & Pick<Stream, 'truth'>,
): void {
  t.equal(new Set(top.map(({ key }) => key.join())).size, tracked, 'every row has its own key')
  t.ok(after.evictions > 0, 'keys were pushed out')
  const wrong = top.filter(({ key, adds, error }) => {
    const exact = truth.get(key.join()) ?? []
    const [estimate = 0, sum = 0] = [adds[rank], exact[rank]]
    const others = adds.every((value, cell) => cell === rank || value <= (exact[cell] ?? 0))
    return estimate < sum || estimate - error > sum || error > after.error || !others
  })
  t.same(wrong, [], 'estimate - error <= truth <= estimate')
  const named = new Set(top.map(({ key }) => key.join()))
  const missed = [...truth].filter(([key]) => !named.has(key)).map(([, sums]) => sums[rank] ?? 0)
  t.ok(Math.max(...missed) <= after.error, 'a key without a row has no more than the error')
  const total = [...truth.values()].reduce((sum, cells) => sum + (cells[rank] ?? 0), 0)
  const sure = top.reduce((sum, { adds, error }) => sum + (adds[rank] ?? 0) - error, 0)
  t.ok(sure <= total, 'what is sure is no more than all there was')
  const sorted = top.toSorted(
    (a, b) => (b.adds[rank] ?? 0) - (a.adds[rank] ?? 0) || compare(a.key, b.key),
  )
  t.same(top, sorted, 'falling, of ties the smaller key first')
}

t.test('of more keys than are asked for the greatest are named', async (t) => {
  const shape = { words: 2, adds: 2, rank: 0, tracked: 300 }
  const { updates, truth } = stream(shape, 300, 5000, SEED)
  const { top } = await run(shape, updates, { count: 10, by: 1 })
  t.same(top, exactRows(truth, 1).slice(0, 10))
})

t.test('a table that forgot counts as a new one', async (t) => {
  const shape = { words: 2, adds: 2, rank: 0, tracked: 50 }
  const stride = 2 * (shape.words + shape.adds)
  const { updates } = stream(shape, 500, 6000, SEED)
  const { top, after } = await run(shape, updates, { forgetAfter: 2500 })
  const fresh = await run(shape, updates.slice(2500 * stride))
  t.same(top, fresh.top)
  t.same(after, fresh.after)
})

t.test('5M keys seen once do not push out the top 100 of 1M updates', async (t) => {
  const [real, once, keys, wanted] = [1_000_000, 5_000_000, 200_000, 100]
  const shape = { words: 2, adds: 1, rank: 0, tracked: 4096 }
  const [draw, random] = [zipf(keys, 1.1, SEED), numbers(SEED + 1)]
  t.comment(`seed ${SEED}`)
  const truth = new Float64Array(keys)
  const updates = new Uint32Array(6 * (real + once))
  for (let left = real, at = 0, spoofed = keys; at < updates.length; at += 6) {
    const key = random() * (updates.length - at) < 6 * left ? draw() : spoofed++
    if (key < keys) {
      truth[key] = (truth[key] ?? 0) + 1
      left--
    }
    updates.set([key, 0, 0, 0xffff, 1], at)
  }
  const { top, before, after, seconds } = await run(shape, updates, { count: wanted })
  const least = truth.toSorted().at(-wanted) ?? 0
  const found = top.filter(({ key: [key = 0] }) => (truth[key] ?? 0) >= least).length
  const rate = (real + once) / seconds / 1e6
  t.comment(`recall ${found} of ${wanted}, error ${after.error}, ${after.bytes} bytes`)
  t.comment(`${rate.toFixed(1)} M updates/s, ${after.evictions} evictions`)
  t.ok(found >= 0.99 * wanted, 'recall')
  t.equal(after.bytes, before.bytes, 'memory')
  t.ok(after.bytes < 600_000)
})
