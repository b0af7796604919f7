// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { linkMessages } from '../../src/capture/rtnetlink.ts'

const NEW = 16
const GONE = 17

/** A message as linux/netlink.h lays it out; `declared` is the length that it claims. */
function message(type: number, body: Buffer, declared = 16 + body.length): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt32LE(declared, 0)
  head.writeUInt16LE(type, 4)
  const whole = Buffer.concat([head, body])
  return Buffer.concat([whole, Buffer.alloc(-whole.length & 3)])
}

function attribute(type: number, value: Buffer, declared = 4 + value.length): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(declared, 0)
  head.writeUInt16LE(type, 2)
  return Buffer.concat([head, value, Buffer.alloc(-(4 + value.length) & 3)])
}

function link(index: number, attributes: readonly Buffer[], family = 0): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt8(family, 0)
  head.writeInt32LE(index, 4)
  return Buffer.concat([head, ...attributes])
}

const named = (name: string) => attribute(3, Buffer.from(`${name}\0`))
const read = (...parts: readonly Buffer[]) => [...linkMessages(Buffer.concat(parts))]

t.test('reads what is there under which name, and what is gone', async (t) => {
  const address = attribute(1, Buffer.alloc(6, 7))
  t.same(
    read(
      message(NEW, link(2, [address, named('eth0')])),
      message(GONE, link(3, [named('eth1')])),
      message(NEW, link(4, [attribute(0x8003, Buffer.from('a-name\0'))])),
    ),
    [
      { kind: 'there', index: 2, name: 'eth0' },
      { kind: 'gone', index: 3 },
      { kind: 'there', index: 4, name: 'a-name' },
    ],
  )
})

t.test('a bridge that loses a port has not lost an interface', async (t) => {
  const bridge = 7
  t.same(read(message(GONE, link(2, [named('eth0')], bridge))), [])
})

t.test('only routes without a destination are default routes', async (t) => {
  const route = (bits: number) => Buffer.from([2, bits, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0])
  t.same(read(message(24, route(0)), message(25, route(24)), message(25, route(0))), [
    { kind: 'route' },
    { kind: 'route' },
  ])
})

t.test('what is cut, empty or lies about its length is passed over', async (t) => {
  const whole = message(NEW, link(2, [named('eth0')]))
  for (let length = 0; length < whole.length; length++) {
    t.same(read(whole.subarray(0, length)), [], `${length} bytes`)
  }
  t.same(read(message(NEW, link(2, [named('eth0')]), 15), whole), [], 'shorter than its head')
  t.same(read(message(NEW, link(2, []), 0xffffffff)), [], 'longer than all')
  t.same(read(message(NEW, link(2, [attribute(3, Buffer.from('x'), 3)]))), [], 'no attribute')
  t.same(read(message(NEW, link(2, [attribute(3, Buffer.from('x'), 99)]))), [], 'a long attribute')
  t.same(read(message(NEW, link(2, [named('')]))), [], 'no name')
  t.same(read(message(NEW, Buffer.alloc(3)), whole).length, 1, 'the next one is read')
})

t.test('ends on anything', async (t) => {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 16
  }
  const whole = message(NEW, link(2, [named('eth0'), attribute(9, Buffer.alloc(12))]))
  let most = 0
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.concat([whole, whole])
    for (let i = 0; i < 4; i++) bytes[random() % bytes.length] = random()
    most = Math.max(most, read(bytes).length)
  }
  t.ok(most <= 4, `${most} messages in what was two`)
})
