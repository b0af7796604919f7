// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { SpotOverrides } from '../../src/settings/spot.ts'
import { type Statistic, statistic } from '../../src/statistics/statistic.ts'
import { tuned } from '../../src/statistics/tuned.ts'

function of(tails: Statistic['tails'], spot?: SpotOverrides): Statistic {
  const base = { name: 'X', help: '', unit: '', counters: ['A'], tails, compute: () => 0 }
  return statistic({ ...base, ...(spot && { spot }) })
}

const none = { up: null, down: null, per_statistic: {} }

t.test('up and down switch tails over what the statistic has by itself', async (t) => {
  const tails = (given: Statistic, more: Partial<typeof none> | object = {}) =>
    tuned(given, { ...none, ...more }).tails.join()
  t.equal(tails(of(['upper'])), 'upper')
  t.equal(tails(of(['upper']), { down: true }), 'lower,upper')
  t.equal(tails(of(['lower', 'upper']), { up: false }), 'lower')
  t.equal(tails(of(['upper'], { down: true })), 'lower,upper')
  t.equal(tails(of(['upper'], { down: true, up: false })), 'lower')
  t.equal(tails(of(['upper'], { down: true }), { down: false }), 'lower,upper', 'own wins')
  t.equal(tails(of(['upper'], { down: null }), { down: true }), 'upper', 'null undoes the rest')
  t.equal(tails(of(['upper']), { per_statistic: { X: { up: false } } }), '')
  t.equal(tails(of(['upper']), { per_statistic: { Y: { up: false } } }), 'upper')
})

t.test('what is never judged by itself is judged only where its name asks for it', async (t) => {
  t.same(tuned(of([]), { ...none, up: true, down: true }).tails, [])
  t.same(tuned(of([]), { ...none, per_statistic: { X: { up: true } } }).tails, ['upper'])
})

t.test('settings for a name win over those of its definition, knob by knob', async (t) => {
  const per_statistic = { X: { q: 1e-3 } }
  const { spot } = tuned(of(['upper'], { q: 1e-6, hold_off: 5 }), { ...none, per_statistic })
  t.same(spot, { q: 1e-3, hold_off: 5 })
  const inherited = { ...none, per_statistic: {} }
  const strange = { ...of(['upper']), name: 'constructor' }
  t.same(tuned(strange, inherited).spot, {})
})
