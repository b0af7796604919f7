// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import type { Known } from '../../src/settings/known.ts'
import { loadSettings, pluginPaths } from '../../src/settings/load.ts'
import { known } from './known.ts'

function load(text: string, more?: Partial<Known>, env: Record<string, string> = {}) {
  const file = { path: '/etc/pktspot/f.yaml', text }
  return loadSettings({ file, env, flags: {}, ...(more && { known: known(more) }) })
}

function mistakes(text: string, more?: Partial<Known>, env?: Record<string, string>): string[] {
  try {
    load(text, more, env)
  } catch (error) {
    if (!(error instanceof PktspotError) || error.code !== 'SETTINGS') throw error
    return error.message.split('\n').map((line) => line.replace('/etc/pktspot/', ''))
  }
  return []
}

t.test('statistics and overrides are read with their units', async (t) => {
  const settings = load(`
spot:
  down: true
  per_statistic:
    R_SYN: { q: 1e-6, max_event: 2h, up: false, level: null }
    R_ACK:
user_statistics:
  - name: R_RST
    expr: RST / TCP
  - name: R_FIN
    help: Share of segments that end a connection
    unit: ratio
    expr: >
      FIN
      / TCP
    when: TCP > 100
    range: { lowest: 0, highest: '1' }
    spot: { hold_off: 5, false_alarms_per_day: 0.1, max_event: 90s }
`)
  t.strictSame(settings.spot.down, true)
  t.strictSame(settings.spot.per_statistic, {
    R_SYN: { q: 1e-6, max_event: 7200, up: false, level: null },
    R_ACK: {},
  })
  t.strictSame(settings.user_statistics, [
    { name: 'R_RST', expr: 'RST / TCP' },
    {
      name: 'R_FIN',
      help: 'Share of segments that end a connection',
      unit: 'ratio',
      expr: 'FIN / TCP\n',
      when: 'TCP > 100',
      range: { lowest: 0, highest: 1 },
      spot: { hold_off: 5, false_alarms_per_day: 0.1, max_event: 90 },
    },
  ])
  t.ok(Object.isFrozen(settings.user_statistics[1]?.spot))
  t.strictSame(load('user_statistics:\nspot: {per_statistic: }\n').user_statistics, [])
})

t.test('what is wrong inside a definition is shown there, all of it', async (t) => {
  const text = `spot:
  per_statistic: { R_SYN: { q: 2, qq: 1 }, R_ACK: 7 }
user_statistics:
  - name: 9LIVES
    expr: 5
  - expr: A
    nam: X
    range: { lowest: 2, highest: 1 }
  - 3
  - { name: X, expr: A, help: "a\\nb", spot: { up: maybe, n_init: 3 } }
`
  t.strictSame(
    mistakes(text).map((line) => line.replace(/; .*/, '')),
    [
      'f.yaml:2:32: spot.per_statistic.R_SYN.q: got 2',
      'f.yaml:2:35: spot.per_statistic.R_SYN.qq: got an unknown key',
      'f.yaml:2:51: spot.per_statistic.R_ACK: got 7',
      'f.yaml:4:11: user_statistics[0].name: got "9LIVES"',
      'f.yaml:5:11: user_statistics[0].expr: got 5',
      'f.yaml:6:5: user_statistics[1].name: got nothing',
      'f.yaml:7:5: user_statistics[1].nam: got an unknown key',
      'f.yaml:8:12: user_statistics[1].range: got { lowest: 2, highest: 1 }',
      'f.yaml:9:5: user_statistics[2]: got 3',
      'f.yaml:10:31: user_statistics[3].help: got "a\\nb"',
      'f.yaml:10:51: user_statistics[3].spot.up: got "maybe"',
      'f.yaml:10:66: user_statistics[3].spot.n_init: got 3',
    ],
  )
  t.match(mistakes(text)[6], /did you mean name\?/)
  t.match(
    mistakes('user_statistics: {a: 1}')[0],
    /^f.yaml:1:18: user_statistics: got { a: 1 }; exp/,
  )
  t.match(mistakes('spot: {per_statistic: [1]}')[0], /^f.yaml:1:23: .*; expected a mapping from/)
})

t.test('a mistake in an expression is shown with its carets', async (t) => {
  const expression = (text: string) =>
    text === 'SYM / IP'
      ? { offset: 0, message: 'no counter is named SYM', excerpt: 'SYM / IP\n^^^' }
      : undefined
  const text =
    'user_statistics:\n  - {name: A, expr: SYM / IP}\n  - {name: B, expr: 1, when: SYM / IP}\n'
  t.strictSame(mistakes(text.replace('1,', '"1",'), { expression }), [
    'f.yaml:2:21: user_statistics[0].expr: no counter is named SYM',
    '    SYM / IP',
    '    ^^^',
    'f.yaml:3:32: user_statistics[1].when: no counter is named SYM',
    '    SYM / IP',
    '    ^^^',
  ])
})

t.test('a name that another statistic has is refused', async (t) => {
  const text =
    'user_statistics:\n  - {name: R_SYN, expr: A}\n  - {name: X, expr: A}\n  - {name: X, expr: A}\n'
  t.strictSame(mistakes(text, { statistics: ['R_SYN'] }), [
    'f.yaml:2:12: user_statistics[0].name: got "R_SYN"; expected a name that no other statistic has; choose another name',
    'f.yaml:4:12: user_statistics[2].name: got "X"; expected a name that no other statistic has; choose another name',
  ])
})

t.test('overrides and patterns may name own statistics, but none that is not there', async (t) => {
  const text = `statistics: { enabled: [MINE, R_SYN, R_SYM] }
spot: { per_statistic: { MINE: {}, MINNE: {}, constructor: {} } }
user_statistics: [{ name: MINE, expr: A }]
`
  t.strictSame(mistakes(text, { statistics: ['R_SYN'] }), [
    'f.yaml:1:38: statistics.enabled: got "R_SYM"; expected the name of a statistic, or a pattern that matches one; did you mean R_SYN?; see pktspot list statistics',
    'f.yaml:2:36: spot.per_statistic: got "MINNE"; expected the name of a statistic; did you mean MINE?; see pktspot list statistics',
    'f.yaml:2:47: spot.per_statistic: got "constructor"; expected the name of a statistic; see pktspot list statistics',
  ])
  t.strictSame(mistakes(text), [], 'names are not known')
})

t.test('thresholds that cannot be are shown at the knob in force', async (t) => {
  const text = `spot:
  q: 0.5
  per_statistic: { R_SYN: { q: 0.4 } }
user_statistics:
  - { name: MINE, expr: A, spot: { level: 0.9 } }
`
  const knobs = ['q', 'level'] as const
  const objecting = (...names: string[]): Partial<Known> => ({
    statistics: ['R_SYN', 'R_ACK', 'R_IP'],
    thresholds: () => names.map((statistic) => ({ statistic, knobs, message: 'too large' })),
  })
  const [general, special, own] = [
    'f.yaml:2:6: spot.q: too large',
    'f.yaml:3:32: spot.per_statistic.R_SYN.q: too large',
    'f.yaml:5:43: user_statistics[0].spot.level: too large',
  ]
  t.strictSame(mistakes(text, objecting('R_ACK', 'R_SYN', 'R_IP')), [general, special])
  t.strictSame(mistakes(text.replace('  q: 0.5\n', ''), objecting('MINE')), [
    own?.replace(':5:', ':4:'),
  ])
  t.strictSame(mistakes('', objecting('R_IP'), { PKTSPOT_SPOT_LEVEL: '.9' }), [
    'PKTSPOT_SPOT_LEVEL: spot.level: too large',
  ])
  t.strictSame(mistakes('', objecting('R_IP')), ['defaults: spot: too large'])
})

t.test('plugins lie relative to the file, and what is wrong with one is shown at it', async (t) => {
  const text = 'source: oops\nplugins: [./a.mjs, ../b.mjs, /c.mjs]\n'
  const file = { path: '/etc/pktspot/f.yaml', text }
  const paths = ['/etc/pktspot/a.mjs', '/etc/b.mjs', '/c.mjs']
  t.strictSame(pluginPaths({ file, env: {}, flags: {} }), paths)
  t.strictSame(load(text.replace('oops', 'tcx')).plugins, paths)
  const plugins = new Map([['/etc/b.mjs', '/etc/b.mjs: exports nothing']])
  t.strictSame(mistakes(text.replace('oops', 'tcx'), { plugins }), [
    'f.yaml:2:20: plugins: /etc/b.mjs: exports nothing',
  ])
  t.strictSame(
    mistakes('statistics: {enabled: [ITS]}', { plugins, statistics: [] }),
    [],
    'a plugin that failed may have had any name',
  )
  t.match(mistakes('plugins: [""]')[0], /^f.yaml:1:11: plugins: got ""; expected a path/)
  const relative = loadSettings({
    file: { path: 'f.yaml', text: 'plugins: [a.js]' },
    env: {},
    flags: {},
  })
  t.strictSame(relative.plugins, [resolve('a.js')])
})

t.test('what only a file can hold has no environment variable', async (t) => {
  t.match(mistakes('', {}, { PKTSPOT_USER_STATISTICS: '[]' })[0], /got an unknown variable/)
})
