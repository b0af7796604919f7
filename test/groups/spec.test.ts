// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import { meterCells } from '../../src/groups/cells.ts'
import { FIELDS } from '../../src/groups/fields.ts'
import { keyText } from '../../src/groups/key-text.ts'
import { countedGroup, groupSpec, withPrivacy } from '../../src/groups/spec.ts'
import { VARTYPES } from '../../src/groups/vartype.ts'
import { keyed, made } from './own.ts'

const all = { ipv4_prefix: 32, ipv6_prefix: 128 }
/* the core's order is its own */
const fields = FIELDS.map(({ name, help, bits }, at) => ({
  name,
  help,
  bits,
  index: FIELDS.length - at,
}))
const index = (name: string) => fields.find((field) => field.name === name)?.index
const context = { privacy: all, fields, seed: 5n }

t.test('a group becomes fields, sums and room', async (t) => {
  const group = made(
    { fields: ['ip.src', 'l4.dst_port'], prefix: 24 },
    { limits: { tracked: 512, max_series: 30 } },
  )
  t.strictSame(groupSpec({ ...group, layer: 'TCP' }, context), {
    layers: 64,
    filter: -1,
    fields: [index('ip.src'), index('l4.dst_port')],
    prefix4: 24,
    prefix6: 128,
    adds: ['frames', 'bytes'],
    extremes: [],
    uniques: [],
    uniqueBits: 12,
    rank: 0,
    slots: 30,
    tracked: 512,
    seed: 5n,
  })
})

t.test('addresses are cut to the shorter of prefix and privacy', async (t) => {
  const group = keyed(['ip.src'], { ipv4: 24, ipv6: 64 })
  const privacy = { ipv4_prefix: 28, ipv6_prefix: 48 }
  t.match(groupSpec(group, { ...context, privacy }), { prefix4: 24, prefix6: 48 })
  const words = [0x2001_0db8_0001_0000n, 0n]
  t.equal(keyText(withPrivacy(group, privacy), words), '2001:db8:1::/48')
})

t.test(
  'a filter and rules take the bits that they are given, and are refused without',
  async (t) => {
    const filtered = { ...keyed(['ip.src']), filter: 'tcp' }
    t.equal(groupSpec(filtered, { ...context, bits: { filter: 3 } }).filter, 3)
    t.throws(() => groupSpec(filtered, context), /its filter has no bit/)
    const rules = made({
      rules: [
        { if: 'tcp', key: 'a' },
        { if: 'udp', key: 'b' },
      ],
    })
    const counted = countedGroup(rules, { ...context, bits: { rules: 7 } })
    t.match(counted.spec, { rules: { first: 7, count: 2 }, fields: [], slots: 2, tracked: 0 })
    t.strictSame(counted.closedKeys, [[0n], [1n]])
    t.throws(() => groupSpec(rules, context), /its rules have no bits/)
    t.throws(() => groupSpec(keyed(['ip.src']), { ...context, fields: [] }), /no field .* ip.src/)
  },
)

t.test('ranges are classes up to their bounds, and beyond the last', async (t) => {
  const { classes, slots, tracked } = groupSpec(
    made({ fields: ['frame.len'], ranges: [64, 128] }),
    context,
  )
  t.match({ slots, tracked }, { slots: 3, tracked: 0 })
  t.equal(classes?.length, 65_536)
  const at = [0, 64, 65, 128, 129, 65_535].map((value) => classes?.[value])
  t.strictSame(at, [0, 0, 1, 1, 2, 2])
})

t.test('of sets the first that has the value is its class, and of none it is other', async (t) => {
  const keysets = { web: [80, 443], low: [[0, 1023] as const], dns: [53] }
  const { classes, slots } = groupSpec(made({ fields: ['l4.dst_port'], keysets }), context)
  t.equal(slots, 3)
  t.strictSame(
    [80, 443, 0, 53, 1023, 1024].map((value) => classes?.[value]),
    [0, 0, 1, 1, 1, 255],
  )
  t.equal(
    groupSpec(made({ fields: ['ip.proto'], keysets: { a: [6] } }), context).classes?.length,
    256,
  )
})

t.test('each vartype finds the cells that it is computed from', async (t) => {
  const names = VARTYPES.map(({ name }) => name)
  const group = made(
    { fields: ['ip.src'] },
    {
      meters: names.map((vartype, id) => ({
        id,
        vartype,
        name: `M${id}`,
        description: 'd',
        value: 'ip.ttl',
      })),
    },
  )
  const ttl = { sum: 2 }
  t.strictSame(Object.fromEntries(names.map((name, id) => [name, meterCells(group)[id]])), {
    COUNTER: ttl,
    RATE_COUNTER: ttl,
    GAUGE: { last: 0 },
    GAUGE_MIN_MAX_AVG: { ...ttl, count: 0, last: 0, min: 1, max: 2 },
    RUNNING_COUNTER: { last: 0 },
    AVERAGE: { ...ttl, count: 0 },
    DELTA_RATE_COUNTER: { last: 0 },
    MAXIMUM: { max: 2 },
    MINIMUM: { min: 1 },
  })
  const spec = groupSpec(group, context)
  const value = index('ip.ttl')
  t.strictSame(spec.adds, ['frames', 'bytes', value])
  t.strictSame(spec.extremes, [
    { value, keep: 'last' },
    { value, keep: 'min' },
    { value, keep: 'max' },
  ])
  t.equal(spec.rank, 2)
})

t.test('packets and bytes are running counters by themselves', async (t) => {
  const meter = { description: 'd', name: 'M', units: 'B' }
  const meters = ['RUNNING_COUNTER', 'DELTA_RATE_COUNTER', 'MAXIMUM'].map((vartype, id) => {
    return { ...meter, id, vartype }
  })
  t.strictSame(meterCells(made({ fields: ['ip.src'] }, { meters })), [
    { sum: 1 },
    { sum: 1 },
    { max: 0 },
  ])
})

t.test('distinct values are counted once for meters that share them', async (t) => {
  const meters = ['l4.src_port', 'ip.dst', 'l4.src_port'].map((unique, id) => {
    return { id, vartype: 'GAUGE', name: `M${id}`, description: 'd', unique, top_n: 5 }
  })
  const group = made({ fields: ['ip.src'] }, { meters })
  t.strictSame(meterCells(group), [{ unique: 0 }, { unique: 1 }, { unique: 0 }])
  const spec = groupSpec(group, context)
  t.match(spec, { uniques: [index('l4.src_port'), index('ip.dst')], rank: 0, slots: 20 })
})

t.test(
  'candidates are ranked by the first meter that is listed, and not kept for none',
  async (t) => {
    const meters = (packets: number, bytes: number) =>
      [packets, bytes].map((top_n, id) => ({
        id,
        vartype: 'COUNTER',
        top_n,
        name: `M${id}`,
        description: 'd',
        units: id ? 'B' : 'Pkts',
      }))
    const group = (packets: number, bytes: number) =>
      groupSpec(made({ fields: ['ip.src'] }, { meters: meters(packets, bytes) }), context)
    t.match(group(0, 5), { rank: 1, slots: 20, tracked: 4096 })
    t.match(group(5, 7), { rank: 0, slots: 28 })
    t.match(group(0, 0), { rank: 0, slots: 1, tracked: 0 })
  },
)

t.test('every built-in group can be counted', async (t) => {
  for (const group of await loadBuiltinGroups()) {
    const { spec, closedKeys } = countedGroup(group, context)
    t.equal(closedKeys?.length, group.closed?.length, group.name)
    t.equal(spec.slots, group.closed?.length ?? 40, group.name)
    const texts = closedKeys?.map((words) => keyText(group, words))
    t.strictSame(texts, group.closed, group.name)
  }
})
