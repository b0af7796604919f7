// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { compileCache } from '../../src/exporters/prometheus/compile-cache.ts'
import { compile, encode } from '../../src/exporters/prometheus/encode.ts'
import type { Block, Family } from '../../src/exporters/prometheus/family.ts'

const FAMILY: Family = { name: 'a', type: 'counter', help: 'A', labels: ['key'] }

function block(key: string): Block<number> {
  return { family: FAMILY, series: [{ labels: { key }, value: (subject) => subject }] }
}

t.test('series that went are forgotten, those that stay are compiled once', async (t) => {
  const made: string[] = []
  const cache = compileCache((key: string) => {
    made.push(key)
    return [compile(block(key))]
  })
  const scrape = (...keys: string[]): void => {
    for (const key of keys) cache.get(key, key)
    cache.sweep()
  }
  scrape('x', 'y')
  scrape('x', 'y')
  t.same(made, ['x', 'y'])
  scrape('x')
  scrape('x', 'y')
  t.same(made, ['x', 'y'], 'a scrape that overlaps another may still need it')
  scrape('x')
  scrape('x')
  scrape('x', 'y')
  t.same(made, ['x', 'y', 'y'])
})

t.test('other events get their turn while much is written', async (t) => {
  const blocks = Array.from({ length: 60_000 }, (_, index) => [compile(block(`${index}`))])
  let [turns, going] = [0, true]
  const tick = (): void => {
    turns++
    if (going) setImmediate(tick)
  }
  setImmediate(tick)
  const parts = blocks.map((each, subject) => ({ blocks: each, subject }))
  const text = await encode(parts, { openMetrics: false })
  going = false
  t.ok(turns > 1, `${turns} turns`)
  const lines = text.split('\n')
  t.same(lines.slice(0, 3), ['# HELP a_total A', '# TYPE a_total counter', 'a_total{key="0"} 0'])
  t.same(lines.slice(-2), ['a_total{key="59999"} 59999', ''])
  t.equal(lines.length, 60_003)
})

t.test('a counter may say when it began itself, and values keep all digits', async (t) => {
  const series = [
    { labels: {}, value: () => 9_007_199_254_740_993n, created: (subject: number) => subject },
    { labels: { key: 'x' }, value: () => '1.10' },
  ]
  const parts = [{ blocks: [compile({ family: FAMILY, series })], subject: 12.5 }]
  const text = await encode(parts, { openMetrics: true, created: 7 })
  t.same(text.split('\n'), [
    '# TYPE a counter',
    '# HELP a A',
    'a_total 9007199254740993',
    'a_created 12.5',
    'a_total{key="x"} 1.10',
    'a_created{key="x"} 7',
    '',
  ])
})
