// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { KERNEL_TYPES } from '../../src/capture/drops/kernel-types.ts'
import { loadAddon } from '../../src/native/binding.ts'
import { type BtfType, btf, KIND } from '../support/btf.ts'
import { numbers } from '../support/bytes.ts'

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const MUTATIONS = 20_000
const addon = loadAddon()

/* sk_buff.dev lies in unnamed parts, nd_net is of a type by another name, ns is a part with a name */
const TYPES: readonly BtfType[] = [
  {
    kind: KIND.union,
    size: 8,
    entries: [
      ['other', 0, 0],
      ['dev', 0, 0],
    ],
  },
  {
    kind: KIND.struct,
    size: 24,
    entries: [
      ['next', 0, 0],
      ['', 1, 128],
    ],
  },
  {
    kind: KIND.union,
    size: 24,
    entries: [
      ['rbnode', 0, 0],
      ['', 2, 0],
    ],
  },
  {
    kind: KIND.struct,
    name: 'sk_buff',
    size: 240,
    entries: [
      ['', 3, 0],
      ['len', 0, 256],
    ],
  },
  { kind: KIND.struct, size: 8, entries: [['net', 0, 0]] },
  { kind: KIND.typedef, name: 'possible_net_t', size: 5 },
  { kind: KIND.const, size: 6 },
  {
    kind: KIND.struct,
    name: 'net_device',
    packed: true,
    size: 2000,
    entries: [
      ['flags', 0, 3 * 2 ** 24 + 5],
      ['ifindex', 0, 1792],
      ['nd_net', 7, 2112],
    ],
  },
  {
    kind: KIND.struct,
    name: 'ns_common',
    size: 24,
    entries: [
      ['ops', 0, 0],
      ['inum', 0, 128],
    ],
  },
  {
    kind: KIND.struct,
    name: 'net',
    size: 4000,
    entries: [
      ['passive', 0, 0],
      ['ns', 9, 1024],
    ],
  },
  {
    kind: KIND.enum,
    name: 'skb_drop_reason',
    size: 4,
    entries: [
      ['SKB_NOT_DROPPED_YET', 0],
      ['SKB_DROP_REASON_NO_SOCKET', 3],
    ],
  },
]
const FILE = btf(TYPES)

t.test('finds reasons, and members in unnamed parts and behind other names', async (t) => {
  t.same(addon.dropTypes(FILE), {
    reasons: [
      { number: 0, name: 'SKB_NOT_DROPPED_YET' },
      { number: 3, name: 'SKB_DROP_REASON_NO_SOCKET' },
    ],
    subsystems: [],
    device: 16,
    index: 224,
    namespace: 264,
    number: 144,
  })
})

t.test('what is missing is -1 or an empty list', async (t) => {
  const none = { reasons: [], subsystems: [], device: -1, index: -1, namespace: -1, number: -1 }
  t.same(addon.dropTypes(btf([{ kind: KIND.typedef, name: 'net', size: 1 }])), none)
  const renamed = TYPES.map((type) => (type.name === 'sk_buff' ? { ...type, name: 'sk' } : type))
  t.match(addon.dropTypes(btf(renamed)), { device: -1, index: 224, namespace: 264 })
})

t.test('types that lead back to themselves come to an end', async (t) => {
  const loops: readonly BtfType[] = [
    { kind: KIND.typedef, name: 'a', size: 2 },
    { kind: KIND.typedef, name: 'b', size: 1 },
    {
      kind: KIND.struct,
      name: 'sk_buff',
      entries: [
        ['', 1, 0],
        ['', 3, 8],
        ['', 3, 8],
      ],
    },
    { kind: KIND.struct, name: 'net', entries: [['ns', 4, 0]] },
    { kind: KIND.struct, name: 'net_device', entries: [['nd_net', 2, 0]] },
  ]
  t.match(addon.dropTypes(btf(loops)), { device: -1, number: -1, namespace: -1 })
  const wide = Array.from({ length: 60_000 }, () => ['', 1, 0] as const)
  t.match(
    addon.dropTypes(btf([{ kind: KIND.struct, name: 'sk_buff', entries: wide }])),
    { device: -1 },
    'nor do many parts multiply',
  )
})

t.test('a file that is cut anywhere is none, or says less', async (t) => {
  for (let length = 0; length < FILE.length; length++) {
    t.equal(addon.dropTypes(FILE.slice(0, length)), undefined, `${length} bytes`)
  }
})

t.test('mutated files do no harm', async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${SEED}`)
  const next = numbers(SEED)
  const real = existsSync(KERNEL_TYPES) ? readFileSync(KERNEL_TYPES) : undefined
  const mutate = (file: Uint8Array, within: number): Uint8Array => {
    const copy = file.slice()
    for (let times = 1 + next() * 8; times > 0; times--) {
      copy[Math.floor(next() * within)] = Math.floor(next() * 256)
    }
    return copy
  }
  let taken = 0
  for (let i = 0; i < MUTATIONS; i++) if (addon.dropTypes(mutate(FILE, FILE.length))) taken++
  t.ok(taken > MUTATIONS / 100, `${taken} of ${MUTATIONS} are taken nevertheless`)
  for (let i = 0; real && i < 20; i++) addon.dropTypes(mutate(real, i % 2 ? 64 : real.length))
  t.pass('the process is there')
})

const absent = existsSync(KERNEL_TYPES) ? false : `no ${KERNEL_TYPES}`

t.test("the running kernel's types are read", { skip: absent }, async (t) => {
  const types = addon.dropTypes(readFileSync(KERNEL_TYPES))
  t.ok(types?.reasons.some(({ name }) => name === 'SKB_DROP_REASON_NO_SOCKET'))
  for (const each of ['device', 'index', 'namespace', 'number'] as const) {
    t.ok((types?.[each] ?? -1) >= 0, each)
  }
})
