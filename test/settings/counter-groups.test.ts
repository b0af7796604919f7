// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import { groupObjections } from '../../src/groups/check/groups.ts'
import { VARTYPES } from '../../src/groups/vartype.ts'
import type { GroupSetting } from '../../src/settings/counter-groups.ts'
import { effectiveYaml } from '../../src/settings/effective.ts'
import { loadSettings, resolveSettings } from '../../src/settings/load.ts'
import { packageRoot } from '../support/root.ts'
import { known } from './known.ts'

const builtin = await loadBuiltinGroups()
const groups: Parameters<typeof known>[0] = { groups: (items) => groupObjections(items, builtin) }

function resolved(text: string) {
  const file = { path: 'f.yaml', text }
  return resolveSettings({ file, env: {}, flags: {}, known: known(groups) })
}

function load(text: string) {
  return resolved(text).settings.counter_groups
}

function mistakes(text: string): string[] {
  try {
    load(text)
  } catch (error) {
    if (!(error instanceof PktspotError) || error.code !== 'SETTINGS') throw error
    return error.message.split('\n').map((line) => line.replace('f.yaml:', ''))
  }
  return []
}

const GUID = '{5A1E7B60-1111-4222-8333-123456789ABC}'
const METER = '[0, COUNTER, 10, 0, Packets, packets, Pkts]'

/** A good group, one line a section: control 2, key 3, meters 4, what is added 5. */
function written(parts: { control?: string; key?: string; meters?: string; more?: string } = {}) {
  const { control = `guid: "${GUID}", name: mine, description: d`, meters = `[${METER}]` } = parts
  const { key = '{ fields: [ip.src] }', more = '' } = parts
  return `counter_groups:
  - control: { ${control} }
    key: ${key}
    meters: ${meters}
    ${more}
`
}

const WHOLE = `counter_groups:
  - control: { guid: "${GUID}", name: web_clients, description: Clients of the web ports, bucketsize: 60, resolver_guid: "{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}" }
    filter: "tcp port 80 or tcp port 443"
    key: { fields: [ip.src] }
    meters:
      - [0, RATE_COUNTER, 10, 0, Bytes, bytes, B]
      - { id: 1, vartype: COUNTER, top_n: 10, bottom_n: 5, name: Packets, description: packets, units: Pkts }
      - { id: 2, vartype: GAUGE, name: Ports, description: distinct source ports, units: ports, unique: l4.src_port }
    keyinfo: [["10.0.0.1", gateway]]
    limits: { tracked: 4096, max_series: 40, hold: 60s, linger: 3 }
`

t.test('a whole group is read, rows and mappings alike', async (t) => {
  const [group] = load(WHOLE)
  t.strictSame(group, {
    control: {
      guid: GUID,
      name: 'web_clients',
      description: 'Clients of the web ports',
      bucketsize: 60,
      resolver_guid: '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
    },
    filter: 'tcp port 80 or tcp port 443',
    key: { fields: ['ip.src'] },
    meters: [
      {
        id: 0,
        vartype: 'RATE_COUNTER',
        top_n: 10,
        bottom_n: 0,
        name: 'Bytes',
        description: 'bytes',
        units: 'B',
      },
      {
        id: 1,
        vartype: 'COUNTER',
        top_n: 10,
        bottom_n: 5,
        name: 'Packets',
        description: 'packets',
        units: 'Pkts',
      },
      {
        id: 2,
        vartype: 'GAUGE',
        name: 'Ports',
        description: 'distinct source ports',
        units: 'ports',
        unique: 'l4.src_port',
      },
    ],
    keyinfo: { '10.0.0.1': 'gateway' },
    limits: { tracked: 4096, max_series: 40, hold: 60, linger: 3 },
  })
  t.ok(Object.isFrozen((group as GroupSetting).meters[0]))
  t.strictSame(load(''), [])
  t.strictSame(load('counter_groups:'), [])
})

t.test('the examples of the guide load as they stand', async (t) => {
  const guide = await readFile(join(packageRoot, 'docs/groups.md'), 'utf8')
  const blocks = guide
    .match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm)
    ?.map((block) => block.replaceAll(/^ {4}/gm, '').trim())
  const whole = blocks?.find((block) => /control:\n/.test(block)) ?? ''
  const rows =
    blocks?.find((block) => block.startsWith('meters:'))?.replaceAll('\n', '\n    ') ?? ''
  t.strictSame(mistakes(whole), [])
  t.equal((load(whole)[0] as GroupSetting).meters.length, 3)
  t.strictSame(mistakes(written({ meters: '[]' }).replace('meters: []', rows)), [])
})

t.test('rows in braces load as they stand in Lua', async (t) => {
  const text = written({
    meters: `
      - { 0, RATE_COUNTER, 10, 0, "Bytes", "bytes", "B" }
      - { 1, COUNTER, 10, 0, "Packets", "packets", "Pkts" }
      - { 2, T.K.vartype.RATE_COUNTER, 10, 10, "Bytes2", "bytes", "B" }
      - { 3, T.K.vartype.COUNTER, 3, "bytes4", "bytes4", "B" }`,
    more: `keyinfo:
      - {"14/00","change_cipher_spec"}
      - {"15/00","alert"}
      - {"16/00","hello_request"}`,
  })
  const [group] = load(text) as GroupSetting[]
  t.strictSame(
    group?.meters.map((meter) => Object.values(meter)),
    [
      [0, 'RATE_COUNTER', 10, 0, 'Bytes', 'bytes', 'B'],
      [1, 'COUNTER', 10, 0, 'Packets', 'packets', 'Pkts'],
      [2, 'RATE_COUNTER', 10, 10, 'Bytes2', 'bytes', 'B'],
      [3, 'COUNTER', 3, 'bytes4', 'bytes4', 'B'],
    ],
  )
  const keyinfo = {
    '14/00': 'change_cipher_spec',
    '15/00': 'alert',
    '16/00': 'hello_request',
  }
  t.strictSame(group?.keyinfo, keyinfo)
  const nested =
    'keyinfo: { {"14/00","change_cipher_spec"}, {"15/00","alert"}, {"16/00","hello_request"} }'
  t.strictSame((load(written({ more: nested }))[0] as GroupSetting).keyinfo, keyinfo)
  const map = `keyinfo: ${JSON.stringify(keyinfo)}`
  t.strictSame((load(written({ more: map }))[0] as GroupSetting).keyinfo, keyinfo)
})

t.test('a key given twice is still refused where braces hold values', async (t) => {
  t.match(mistakes(written({ more: 'keyinfo: { "1": a, "1": b }' })), [/^5:24: .*given before/])
  t.match(mistakes('spot: { q: , q: }'), [/^1:14: .*given before/])
  t.strictSame(mistakes('spot: { q: , level: }'), [], 'a colon makes a mapping')
  const asked = mistakes('spot:\n  per_statistic:\n    ? R_SYN\n')
  t.match(asked, [/got "R_SYN"; expected the name of a statistic/], 'so does a question mark')
})

t.test('groups in force are printed as a file that gives them again', async (t) => {
  const text = `${WHOLE}  - flows
  - "!src_ip"
  - control: { guid: "{5A1E7B60-1111-4222-8333-123456789ABD}", name: b, description: d, layer: TCP }
    key: { fields: [l4.dst_port], keysets: { web: [80, 443], high: [1024-65535] } }
    meters: [[0, COUNTER, 10, 0, Packets, packets, Pkts]]
`
  const given = resolved(text)
  const again = loadSettings({
    file: { path: 'g', text: effectiveYaml(given) },
    env: {},
    flags: {},
  })
  t.strictSame(again, given.settings)
})

t.test('each mistake of a group is told at its own place', async (t) => {
  const control = (text: string) => written({ control: text })
  const meters = (text: string) => written({ meters: text })
  const key = (text: string) => written({ key: text })
  const row = (id: number) => `[${id}, COUNTER, 1, 0, M${id}, m, Pkts]`
  const rows = (from: number, to: number) =>
    `[${Array.from({ length: to - from }, (_, index) => row(from + index)).join(', ')}]`
  const name = (text: string) => `guid: "${GUID}", name: ${text}, description: d`
  const cases: [string, RegExp][] = [
    [control(`name: a, description: d`), /^2:14: \S+control.guid: got nothing; expected a GUID/],
    [control(`guid: "${GUID}", description: d`), /^2:14: \S+control.name: got nothing/],
    [control(`guid: "${GUID}", name: a`), /^2:14: \S+control.description: got nothing/],
    [
      control(`guid: "${GUID}", name: a, description: ""`),
      /description: got ""; expected one line/,
    ],
    [control(name('fifteen_letters')), /^2:70: \S+control.name: got "fifteen_letters"; exp.* 13/],
    [control(name('9a')), /control.name: got "9a"/],
    [control(name('a').replace('{', '').replace('}', '')), /control.guid: .*; write "\{5A1E7B60/],
    [control(name('a').replaceAll('"', '')), /control.guid: .*; quote it: braces alone are a list/],
    [
      control(`${name('a')}, bucketsize: 0`),
      /bucketsize: got 0; expected a whole number from 1 to/,
    ],
    [control(`${name('a')}, bucketsize: 3601`), /bucketsize: got 3601/],
    [control(`${name('a')}, buketsize: 3`), /an unknown key; .*did you mean bucketsize\?/],
    [control(`${name('a')}, layer: TPC`), /control.layer: got "TPC"; .*did you mean TCP\?/],
    [
      control(`${name('a')}, resolver_guid: "${GUID.replace('A', 'B')}"`),
      /resolver_guid: .*GUID of/,
    ],
    [control(name('HOSTS')), /control.name: got "HOSTS"; expected a name that no other group has/],
    [
      written({
        control: name('src'),
        meters: '[[0, COUNTER, 1, 0, ip bytes, b, B]]',
      }),
      /meters\[0\].name: got "ip bytes"; .*src_ip Bytes gives the metric pktspot_src_ip_bytes as/,
    ],
    [control(name('receive')), /control.name: .* begin with receive; pktspot_receive_… are/],
    [
      control('guid: "{4cd742b1-c1ca-4708-be78-0fca2eb01a86}", name: a, description: d'),
      /^2:22: \S+guid: got "\{4cd742b1.*; expected a GUID that no other group has; Hosts has it/,
    ],
    [
      `${written()}${written({ control: `guid: "${GUID.toLowerCase()}", name: b, description: d` }).replace('counter_groups:\n', '')}`,
      /^6:22: counter_groups\[1\].control.guid: .*; mine has it, in whatever case/,
    ],
    [written({ more: 'meterz: []' }), /^5:5: counter_groups\[0\].meterz: .*did you mean meters\?/],
    [written({ more: 'keyinfo: [[5, five]]' }), /^5:16: \S+keyinfo\[0\].key: got 5; .*quotes: "5"/],
    [written({ more: 'keyinfo: [["5", 5]]' }), /keyinfo\[0\].label: got 5/],
    [written({ more: 'keyinfo: { a: 5 }' }), /keyinfo.a: got 5/],
    [written({ more: 'keyinfo: [["5", a, b]]' }), /keyinfo\[0\]: .*expected a pair of texts/],
    [written({ more: 'limits: { max_series: 9 }' }), /max_series: got 9; .*greatest top_n, 10/],
    [written({ more: 'limits: { hold: 0 }' }), /limits.hold: got 0/],
    [written({ more: 'filter: ""' }), /filter: got ""/],
    [meters('[]'), /^4:13: \S+meters: got "no meter"; expected 1 to 16 meters/],
    [meters(rows(0, 17)), /^4:\d+: counter_groups\[0\].meters\[16\]: got "17 meters"; exp.* 16/],
    [meters(rows(1, 3)), /^4:15: \S+meters\[0\].id: got 1; expected 0: ids count up from 0/],
    [meters(`[${row(0)}, ${row(2)}]`), /meters\[1\].id: got 2; expected 1/],
    [meters('[[0, COUNTER, 1, 0, TenLetters, d, B]]'), /^4:33: \S+\.name: got "TenLetters"; .* 8/],
    [meters('[[0, COUNTER, 1, 0, Bytes, "", B]]'), /meters\[0\].description: got ""/],
    [meters('[[0, COUNTER, 1, Bytes, "", B]]'), /^4:37: \S+meters\[0\].description: got ""/],
    [meters('[[0, COUNTER, 1, 0, Bytes, B]]'), /meters\[0\]: .*expected a row of 7/],
    [meters('[[0, COUNTER, -1, 0, Bytes, b, B]]'), /meters\[0\].top_n: got -1/],
    [meters('[[0, COUNTR, 1, 0, A, b, B]]'), /^4:18: \S+vartype: got "COUNTR".*mean COUNTER\?/],
    [meters('[[0, COUNTR, 1, A, b, B]]'), /^4:18: .*mean COUNTER\?/],
    [
      meters('[[0, T.K.vartype.RATE_COUNTER_WITH_SLIDING_WINDOW, 1, 0, A, b, B]]'),
      /vartype: got "RATE_COUNTER_WITH_SLIDING_WINDOW"; .*; use RATE_COUNTER: Prometheus/,
    ],
    [meters('[[0, AUTO, 1, 0, A, b, B]]'), /vartype: got "AUTO"; .*; say which: COUNTER/],
    [meters('[[0, COUNTER, 1, 0, A, b, msgs]]'), /units: got "msgs"; .*value: ip.ttl/],
    [meters('[{id: 0, vartype: GAUGE, name: A, description: b}]'), /units: got "nothing"/],
    [
      meters('[{id: 0, vartype: GAUGE, name: A, description: b, unique: ip.sorc}]'),
      /^4:71: \S+unique: got "ip.sorc"; .*did you mean ip.src\?; see pktspot list fields/,
    ],
    [
      meters('[{id: 0, vartype: GAUGE, name: A, description: b, value: ip.src}]'),
      /value: got "ip.src"; expected a field that is a number.*write unique/,
    ],
    [
      meters('[{id: 0, vartype: COUNTER, name: A, description: b, unique: ip.src}]'),
      /vartype: got "COUNTER"; expected GAUGE for distinct values/,
    ],
    [
      meters('[{id: 0, vartype: GAUGE, name: A, description: b, unique: ip.src, value: ip.ttl}]'),
      /unique: got "value and unique"; expected one of the two/,
    ],
    [
      meters(
        `[${['A', 'B', 'C'].map((each, id) => `{id: ${id}, vartype: GAUGE, name: ${each}, description: b, unique: ip.src}`).join(', ')}]`,
      ),
      /meters\[2\].unique: got "one more"; expected at most 2 unique a group/,
    ],
    [
      meters('[[0, COUNTER, 1, 0, Bytes, b, B], [1, COUNTER, 1, 0, bytes, b, B]]'),
      /meters\[1\].name: got "bytes"; .*mine Bytes gives the metric pktspot_mine_bytes as well/,
    ],
    [
      meters(
        `[${['eth.type', 'vlan.id', 'ip.ttl', 'tcp.flags', 'icmp.type', 'icmp.code', 'frame.len'].map((each, id) => `{id: ${id}, vartype: COUNTER, name: M${id}, description: b, value: ${each}}`).join(', ')}]`,
      ),
      /meters: got "meters that need 9 sums"; expected at most 8/,
    ],
    [key('{}'), /^3:10: \S+key.fields: got "no field"; expected 1 to 5 fields, or rules/],
    [key('{ fields: [ip.src, ip.sorc] }'), /^3:29: \S+key.fields\[1\]: .*mean ip.src\?/],
    [key('{ fields: [ip.src, ip.src] }'), /fields\[1\]: got "ip.src"; expected each field once/],
    [
      key('{ fields: [ip.ttl, ip.proto, tcp.flags, l4.dst_port, l4.src_port, eth.type] }'),
      /key.fields: got "6 fields"; expected at most 5/,
    ],
    [
      key('{ fields: [ip.src, ip.dst, eth.src, l4.dst_port] }'),
      /^3:20: \S+key.fields: got "a key of 384 bits"; expected at most 320; leave out a wide/,
    ],
    [key('{ fields: [ip.src], prefix: 33 }'), /^3:38: \S+key.prefix: got 33/],
    [key('{ fields: [ip.src], prefix: { ipv6: 129 } }'), /key.prefix.ipv6: got 129/],
    [key('{ fields: [l4.dst_port], prefix: 24 }'), /key.prefix: got 24; .*only beside ip.src/],
    [
      key('{ fields: [ip.src], keysets: { a: [1] } }'),
      /key.keysets: got "keysets of ip.src"; .*; use rules: \[\{if: "net 10/,
    ],
    [
      key('{ fields: [l4.dst_port, ip.ttl], ranges: [1] }'),
      /key.ranges: .*only with a single field/,
    ],
    [
      key('{ fields: [ip.ttl], ranges: [1], keysets: { a: [1] } }'),
      /^3:52: \S+key.keysets: got "ranges and keysets"; expected one of/,
    ],
    [
      key('{ fields: [ip.ttl], ranges: [5, 5] }'),
      /^3:42: \S+key.ranges\[1\]: got 5; .*more than 5/,
    ],
    [
      key('{ fields: [ip.ttl], ranges: [300] }'),
      /ranges\[0\]: got 300; expected a value of ip.ttl/,
    ],
    [key('{ fields: [ip.ttl], keysets: { a: [9-7] } }'), /keysets.a\[0\]: got "9-7"/],
    [key('{ fields: [ip.ttl], keysets: { a: [7-256] } }'), /keysets.a\[0\]: got 256/],
    [key('{ fields: [ip.ttl], rules: [{ if: tcp, key: a }] }'), /key.fields: .*beside rules/],
    [key('{ rules: [{ if: tcp, key: a }, { if: udp, key: a }] }'), /rules\[1\].key: .*"or"/],
    [key('{ rules: [{ if: tcp }] }'), /rules\[0\].key: got nothing/],
    ['counter_groups: [flow]', /^1:18: counter_groups\[0\]: got "flow"; .*did you mean flows\?/],
    ['counter_groups: [7]', /^1:18: counter_groups\[0\]: got 7; expected a built-in group's name/],
  ]
  for (const [text, expected] of cases) {
    const found = mistakes(text)
    t.equal(found.length, 1, `${found.join('\n') || 'nothing'}\n${text}`)
    t.match(found[0], expected, text)
  }
})

t.test('what is at its limit is let pass', async (t) => {
  const good = [
    written({ control: `guid: "${GUID}", name: fourteen_lette, description: d, bucketsize: 3600` }),
    written({ meters: '[[0, COUNTER, 0, 0, NineChars, d, B]]' }),
    written({
      meters: `[${Array.from({ length: 16 }, (_, id) => `[${id}, COUNTER, 1, 0, M${id}, m, Pkts]`).join(', ')}]`,
    }),
    written({ key: '{ fields: [ip.src, l4.src_port, ip.dst, l4.dst_port, ip.proto] }' }),
    written({ key: '{ fields: [ip.src], prefix: { ipv4: 0, ipv6: 0 } }' }),
    written({ key: '{ rules: [{ if: tcp port 80, key: "14/00" }, { if: udp, key: b }] }' }),
  ]
  for (const text of good) t.strictSame(mistakes(text), [], text)
})

t.test('every vartype is accepted, bare and with its table', async (t) => {
  const names = VARTYPES.map(({ name }) => name)
  const rows = names.map(
    (name, id) => `[${id}, ${id % 2 ? 'T.K.vartype.' : ''}${name}, 1, 0, M${id}, m, B]`,
  )
  const [group] = load(written({ meters: `[${rows.join(', ')}]` })) as GroupSetting[]
  t.strictSame(
    group?.meters.map(({ vartype }) => vartype),
    names,
  )
})

t.test('privacy keeps all of an address unless it is told otherwise', async (t) => {
  t.strictSame(resolved('').settings.privacy, { ipv4_prefix: 32, ipv6_prefix: 128 })
  const { privacy } = resolved('privacy: { ipv4_prefix: 24, ipv6_prefix: 0 }').settings
  t.strictSame(privacy, { ipv4_prefix: 24, ipv6_prefix: 0 })
  t.match(mistakes('privacy: { ipv4_prefix: 33 }'), [/^1:25: privacy.ipv4_prefix: got 33/])
})

t.test('the direction is one of three, and distinct values of both are refused', async (t) => {
  const group = (direction: string, meter = '') =>
    `counter_groups: [{control: {guid: "{5A1E7B60-1111-4222-8333-123456789ABC}", name: g, description: d, direction: ${direction}}, key: {fields: [ip.src]}, meters: [{id: 0, vartype: COUNTER, name: P, description: p, units: Pkts}${meter}]}]`
  const unique = ', {id: 1, vartype: GAUGE, name: U, description: u, unique: ip.dst}'
  const settings = load(group('both'))
  t.match(settings, [{ control: { direction: 'both' } }])
  t.match(load(group('transmit', unique)), [{ control: { direction: 'transmit' } }])
  t.match(
    mistakes(group('sent')).join(),
    /direction: got "sent"; expected one of receive, transmit, both/,
  )
  t.match(
    mistakes(group('both', unique)).join(),
    /control.direction: got .* expected receive or transmit/,
  )
})
