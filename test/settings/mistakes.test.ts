// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { type Input, loadSettings } from '../../src/settings/load.ts'
import { schema } from '../../src/settings/settings.ts'
import { known } from './known.ts'

function mistakes(input: Partial<Input> | string): string[] {
  const given = typeof input === 'string' ? { file: { path: 'f.yaml', text: input } } : input
  try {
    loadSettings({ env: {}, flags: {}, ...given })
  } catch (error) {
    if (!(error instanceof PktspotError) || error.code !== 'SETTINGS') throw error
    return error.message.split('\n')
  }
  return []
}

const FORMATS = 'one of auto, json, pretty'
const ADDRESSES = 'host:port, [IPv6 address]:port or :port, the port from 0 to 65535'
const SECTIONS = `one of ${Object.keys(schema).join(', ')}`

t.test('an unknown key is shown at the key, with the key that was meant', async (t) => {
  t.strictSame(mistakes('source: xdp\nperiode: 1\n'), [
    `f.yaml:2:1: periode: got an unknown key; expected ${SECTIONS}; did you mean period?; correct or remove it`,
  ])
  t.strictSame(mistakes('log:\n  format: json\n  levle: info\n'), [
    'f.yaml:3:3: log.levle: got an unknown key; expected one of level, format; did you mean level?; correct or remove it',
  ])
  t.match(mistakes('log: {level: info, max_event: 1h}')[0], /^f.yaml:1:20: .*mean spot.max_event\?/)
  t.match(mistakes('counter_grps: []')[0], /^f.yaml:1:1: .*did you mean counter_groups\?/)
  t.match(mistakes('zzz: 1')[0], /expected one of [a-z_, ]+; correct or remove it$/)
})

t.test('keys that are dangerous in JavaScript are merely unknown', async (t) => {
  const names = ['__proto__', 'constructor', 'toString']
  const lines = mistakes('__proto__: {source: xdp}\nconstructor: {prototype: 1}\ntoString: 1\n')
  for (const [i, name] of names.entries()) {
    t.match(lines[i], `f.yaml:${i + 1}:1: ${name}: got an unknown key; expected ${SECTIONS}`)
  }
  t.equal(lines.length, names.length)
  t.match(mistakes('"a\\nb": 1')[0], /^f.yaml:1:1: "a\\nb": got an unknown key/)
})

t.test('a bad value is shown at the value', async (t) => {
  t.strictSame(mistakes('log:\n  format:   JSON\n'), [
    `f.yaml:2:13: log.format: got "JSON"; expected ${FORMATS}; did you mean json?`,
  ])
  t.strictSame(mistakes('# a\r\nlog:\r\n  format: [json]\r\n'), [
    `f.yaml:3:11: log.format: got [ 'json' ]; expected ${FORMATS}`,
  ])
  t.strictSame(mistakes('log:\n  format:\n'), [
    `f.yaml:2:10: log.format: got nothing; expected ${FORMATS}`,
  ])
  t.match(mistakes('log: {format: *a, level: &a x}')[0], /^f.yaml:1:15: YAML: \*a names no anchor/)
  t.match(mistakes(`source: ${'x'.repeat(500)}`)[0], /got "x{76}\.\.\.; expected/)
})

t.test('a bad item of a list is shown at the item, every one of them', async (t) => {
  t.strictSame(mistakes('web:\n  listen_address:\n    - :80\n    - ::1:81\n    - 82\n'), [
    `f.yaml:4:7: web.listen_address: got "::1:81"; expected ${ADDRESSES}; write [::1]:81`,
    `f.yaml:5:7: web.listen_address: got 82; expected ${ADDRESSES}; write :82 to listen everywhere`,
  ])
  t.match(
    mistakes('web: {listen_address: []}')[0],
    /^f.yaml:1:23: .*got \[\]; expected a list, not/,
  )
  t.match(
    mistakes('interfaces: {a: 1}')[0],
    /^f.yaml:1:13: interfaces: got { a: 1 }; expected a list/,
  )
})

t.test('a section that is none is shown at its value', async (t) => {
  t.strictSame(mistakes('web: 5\n'), [
    'f.yaml:1:6: web: got 5; expected a mapping with listen_address, systemd_socket, telemetry_path, config_file, max_requests, reload',
  ])
  t.match(
    mistakes('- 1\n')[0],
    /^f.yaml:1:1: settings: got \[ 1 \]; expected a mapping with interf/,
  )
  t.match(mistakes('hello')[0], /^f.yaml:1:1: settings: got "hello"/)
})

t.test('what is no YAML is shown where the parser met it', async (t) => {
  t.match(mistakes('source: xdp\nlog: [a\n')[0], /^f.yaml:3:1: YAML: Flow sequence/)
  t.match(mistakes('log:\n\tlevel: info\n')[0], /^f.yaml:2:1: YAML: Tabs are not allowed/)
  t.match(mistakes('source: !x y\n')[0], /^f.yaml:1:9: YAML: Unresolved tag: !x/)
  t.strictSame(mistakes('source: xdp\n---\nperiod: 1\n'), [
    'f.yaml:2:1: YAML: a second document begins here; keep one',
  ])
})

t.test('a key given twice is shown at the second, along with all other mistakes', async (t) => {
  t.strictSame(mistakes('log: {level: info}\nlog: {format: x}\n'), [
    'f.yaml:2:1: YAML: this key was given before; keep one of the two',
    `f.yaml:2:15: log.format: got "x"; expected ${FORMATS}`,
  ])
})

t.test('hostile files end in a message', async (t) => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [one, two] of ['ab', 'bc', 'cd', 'de'].map((pair) => pair.split(''))) {
    bomb.push(`${two}: &${two} [${Array(9).fill(`*${one}`).join(',')}]`)
  }
  t.match(mistakes(bomb.join('\n'))[0], /YAML: Excessive alias count/)
  t.match(mistakes('log: &a {<<: *a}')[0], /YAML: Excessive alias count/)
  t.match(mistakes('source: &a [*a]')[0], /^f.yaml:1:12: source: got .*Circular/)
  for (const open of ['[', '{', '- ', '? ', '{a: ']) {
    t.match(mistakes(open.repeat(200_000))[0], /YAML: nested more than 100 deep/, open)
  }
  const stairs = Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
  t.match(mistakes(stairs)[0], /YAML: nested more than 100 deep/)
  t.strictSame(mistakes(`#${'x'.repeat(2 ** 20)}`), [
    'f.yaml: larger than 1 MiB; this is no settings file, or it needs to be cut down',
  ])
  t.strictSame(mistakes(`#${'x'.repeat(2 ** 20 - 1)}`), [])
})

t.test('mistakes in the environment name the variable', async (t) => {
  const env = { PKTSPOT_SOURCE: 'xpd', PKTSPOT_SPOT_MAX_EXCES: '5', PKTSPOT_SPOT_N_INIT: '12abc' }
  t.strictSame(mistakes({ env }), [
    'PKTSPOT_SPOT_MAX_EXCES: environment: got an unknown variable; expected a variable of the settings; did you mean PKTSPOT_SPOT_MAX_EXCESS?; correct or unset it',
    'PKTSPOT_SOURCE: source: got "xpd"; expected one of auto, tcx, xdp, xdp-generic, packet-socket, libpcap; did you mean xdp?',
    'PKTSPOT_SPOT_N_INIT: spot.n_init: got "12abc"; expected a whole number from 50 to 1000000, or null',
  ])
})

t.test('mistakes in flags name the flag', async (t) => {
  t.strictSame(mistakes({ flags: { 'log-level': 'loud', interface: ['eth0', 'a b'] } }), [
    '--interface: interfaces: got "a b"; expected an interface name of at most 15 characters, a pattern such as eth*, an exclusion such as !veth*, or default-route',
    '--log-level: log.level: got "loud"; expected one of trace, debug, info, warn, error, fatal, silent',
  ])
})

t.test(
  'a value that another layer overrides is checked all the same, and all come at once',
  async (t) => {
    const lines = mistakes({
      file: { path: 'f.yaml', text: 'log: {level: x}\nperiod: 7\nsourc: a\n' },
      env: { PKTSPOT_PERIOD: '-1' },
      flags: { period: '1', source: 'y' },
    })
    t.strictSame(
      lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
      [
        'f.yaml:1:14: log.level:',
        'f.yaml:2:9: period:',
        'f.yaml:3:1: sourc:',
        'PKTSPOT_PERIOD: period:',
        '--source: source:',
      ],
    )
  },
)

t.test('windows that are not made of whole periods are shown', async (t) => {
  t.strictSame(mistakes('period: 5\nwindows: [5, 12, 60]\n'), [
    'f.yaml:2:10: windows: got 12; expected a multiple of period, which is 5',
  ])
  t.strictSame(mistakes('windows: [1, 2.5]\n'), [
    'f.yaml:1:10: windows: got 2.5; expected a multiple of period, which is 1',
  ])
  t.match(mistakes('windows: [1, 2, 3, 4, 5]')[0], /expected one to four lengths in seconds/)
  t.match(mistakes('windows: []')[0], /expected one to four lengths in seconds/)
  t.strictSame(mistakes('windows: 60'), [])
})

t.test('q has to stay below 1 - level, wherever the two come from', async (t) => {
  t.strictSame(mistakes('spot:\n  level: 0.95\n  q: 0.05\n'), [
    'f.yaml:3:6: spot.q: got 0.05; expected less than 1 - spot.level = 0.05, since spot.level is 0.95 (f.yaml:2:10); lower spot.q or spot.level',
  ])
  t.match(
    mistakes({
      file: { path: 'f.yaml', text: 'spot: {q: .2}' },
      env: { PKTSPOT_SPOT_LEVEL: '.9' },
    }),
    [/^f.yaml:1:11: spot.q: got 0.2; .*\(PKTSPOT_SPOT_LEVEL\)/],
  )
  t.strictSame(mistakes('spot: {level: 0.95, q: 0.049}'), [])
  t.strictSame(mistakes('spot: {q: 0.9}'), [])
})

t.test(
  'patterns of statistics that match none are mistakes once the names are known',
  async (t) => {
    const file = { path: 'f.yaml', text: 'statistics:\n  enabled: ["R_*", R_SIN, "*"]\n' }
    t.strictSame(mistakes({ file, known: known({ statistics: ['R_SYN', 'TRAFFIC'] }) }), [
      'f.yaml:2:20: statistics.enabled: got "R_SIN"; expected the name of a statistic, or a pattern that matches one; did you mean R_SYN?; see pktspot list statistics',
    ])
    t.strictSame(mistakes({ file }), [])
  },
)
