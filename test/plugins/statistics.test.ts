// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { loadPlugins } from '../../src/plugins/load.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'
import { catalogOf } from '../statistics/catalog.ts'
import { look } from '../statistics/look.ts'

const taken = {
  catalog: catalogOf('A', 'B', 'SIZES'),
  statistics: await loadBuiltinStatistics(),
  groups: [],
}

t.test('name, requirement and compute are all that a statistic needs', async (t) => {
  const folder = t.testdir({
    'my.mjs': `export default {
      name: 'A_BY_B',
      requirement: ['B', 'A'],
      compute: ([b, a], seconds, previous) => (previous ? (a - previous[1]) / b / seconds : NaN),
    }`,
  })
  const { statistics, mistakes } = await loadPlugins([join(folder, 'my.mjs')], taken)
  t.same([...mistakes], [])
  const [mine] = statistics
  t.match(mine, { name: 'A_BY_B', counters: ['B', 'A'], tails: ['upper'], help: '', unit: '' })
  t.equal(mine?.compute(look([2, 30], [1, 10], 5)), 2, 'values in the order of the requirement')
  t.ok(Number.isNaN(mine?.compute(look([2, 30]))), 'no window before')
})

t.test('an object, a list and an export named statistics are taken; classes too', async (t) => {
  const folder = t.testdir({
    'list.mjs': `
      const base = { counters: ['A'], compute: ([a]) => a }
      export default [{ ...base, name: 'ONE' }, { ...base, name: 'TWO', tails: ['upper', 'lower'], range: { lowest: 0 } }]
      class Three { name = 'THREE'; requirement = ['A']; #factor = 3; compute([a]) { return a * this.#factor } }
      export const statistics = new Three()`,
    'common.cjs': `module.exports = { name: 'FOUR', requirement: ['A'], compute: () => 4 }`,
  })
  const paths = [join(folder, 'list.mjs'), join(folder, 'common.cjs')]
  const { statistics, mistakes } = await loadPlugins(paths, taken)
  t.same([...mistakes], [])
  t.same(
    statistics.map(({ name, tails }) => [name, tails.join()]),
    [
      ['ONE', 'upper'],
      ['TWO', 'lower,upper'],
      ['THREE', 'upper'],
      ['FOUR', 'upper'],
    ],
  )
  t.same(statistics[1]?.range, { lowest: 0 })
  t.equal(statistics[2]?.compute(look([5])), 15)
})

t.test('what is wrong is told with file, export and offender', async (t) => {
  const good = `name: 'X', requirement: ['A'], compute: () => 1`
  const cases: [string, RegExp][] = [
    ['syntax error here', /cannot be loaded: Unexpected identifier/],
    ['throw new Error("no\\nway")', /cannot be loaded: no$/],
    [
      'export const x = 1',
      /exports nothing; expected counters, statistics or groups as its default export/,
    ],
    ['export default 5', /default export: got 5; expected a statistic/],
    [
      `export default [{ ${good} }, null]`,
      /default export\[1\]: got nothing; expected a statistic/,
    ],
    [
      `export const statistics = [{ ${good}, name: '9X' }]`,
      /export statistics\[0\]: name: got "9X"/,
    ],
    [`export default { ${good}, requirement: [] }`, /statistic X: requirement: got \[\]; expected/],
    [`export default { ${good}, requirement: 'A' }`, /statistic X: requirement: got "A"; expected/],
    [
      `export default { ${good}, requirement: ['A', 'SIZE'] }`,
      /statistic X: requirement: no counter is named SIZE; did you mean SIZES\?; see/,
    ],
    [`export default { ${good}, requirement: ['SIZES'] }`, /SIZES is a histogram/],
    [`export default { ${good}, counters: ['A'] }`, /requirement and counters mean the same/],
    [`export default { ${good}, compute: 1 }`, /statistic X: compute: got 1; expected a function/],
    [`export default { ${good}, compute: async () => 1 }`, /compute: got an async function/],
    [`export default { ${good}, help: 'a\\nb' }`, /statistic X: help: got "a\\nb"; expected one/],
    [`export default { ${good}, unit: 5 }`, /statistic X: unit: got 5/],
    [`export default { ${good}, tails: ['up'] }`, /statistic X: tails: got \[ 'up' \]; expected/],
    [
      `export default { ${good}, range: { lowest: 1, highest: 1 } }`,
      /range: got .*; expected a map/,
    ],
    [`export default { ${good}, name: 'R_SYN' }`, /R_SYN: already defined by pktspot; choose/],
    [`export default [{ ${good} }, { ${good} }]`, /default export\[1\]: statistic X: already def/],
  ]
  const folder = t.testdir(Object.fromEntries(cases.map(([text], index) => [`${index}.mjs`, text])))
  for (const [index, [text, message]] of cases.entries()) {
    const path = join(folder, `${index}.mjs`)
    const { mistakes } = await loadPlugins([path], taken)
    t.match(mistakes.get(path), message, text)
    t.ok(mistakes.get(path)?.startsWith(`${path}: `), 'the file comes first')
  }
  const missing = join(folder, 'none.mjs')
  const { mistakes } = await loadPlugins([missing], taken)
  t.match(mistakes.get(missing), /cannot be loaded: Cannot find module/)
})

t.test('two plugins cannot use one name', async (t) => {
  const text = `export default { name: 'X', requirement: ['A'], compute: () => 1 }`
  const folder = t.testdir({ 'a.mjs': text, 'b.mjs': text })
  const [a, b] = [join(folder, 'a.mjs'), join(folder, 'b.mjs')]
  const { statistics, mistakes } = await loadPlugins([a, b], taken)
  t.equal(statistics.length, 1)
  t.same(
    [...mistakes],
    [[b, `${b}: default export: statistic X: already defined by ${a}; choose another name`]],
  )
})

t.test('a value that is no number is an error, and nobody is hurt by a promise', async (t) => {
  const folder = t.testdir({
    'my.mjs': `const base = { requirement: ['A'] }
      export default [
        { ...base, name: 'NOTHING', compute() {} },
        { ...base, name: 'TEXT', compute: () => '1' },
        { ...base, name: 'PROMISE', compute: () => Promise.reject(new Error('late')) },
      ]`,
  })
  const { statistics } = await loadPlugins([join(folder, 'my.mjs')], taken)
  const messages = [/must return a number, not undefined/, /not string/, /not a promise/]
  for (const [index, message] of messages.entries()) {
    t.throws(() => statistics[index]?.compute(look([1])), { name: 'TypeError', message })
  }
})
