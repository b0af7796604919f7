// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import t from 'tap'
import { pluginCounting } from '../../src/plugins/counting.ts'
import type { PluginCounter } from '../../src/plugins/define.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { arp, ethernet, TYPE } from '../support/packets.ts'
import { feedTo, seeing, sumOf } from './fed.ts'

const at = 1_700_000_000_000_000_000n
const request = ethernet(TYPE.arp, arp(1, '192.0.2.7', '192.0.2.8'))
const none = () => undefined

t.test('a counter has a name, a value, a reset and takes packets in', async (t) => {
  const counter = seeing('MY', 'ARP', none)
  const { windows } = await feedTo(
    [counter],
    [
      { at, data: request },
      { at: at + 1n, data: request },
      { at: at + 1_000_000_000n, data: request },
      { at: at + 1_000_000_001n, data: request },
    ],
  )
  t.same(
    windows.map((window) => window.exact('MY')),
    [2n, 2n],
    'equal windows, equal values',
  )
  t.equal(counter.value(), 0, 'nothing is left after a window')
})

t.test('a counter of a layer is not called without it', async (t) => {
  let calls = 0
  const layers = ['IP', 'IPv4', 'IPv6', 'ICMPv4', 'ICMPv6', 'TCP', 'UDP'] as const
  const counters = layers.map((layer, index) => seeing(`L${index}`, layer, () => calls++))
  const { windows } = await feedTo(counters, [{ at, data: request }])
  t.equal(windows.length, 1)
  t.equal(calls, 0)
})

t.test('values above 2^53 lose nothing', async (t) => {
  const step = 2n ** 53n + 1n
  let value = 0n
  const counter: PluginCounter<'PKT'> = {
    ...{ name: 'MANY', layer: 'PKT', help: 'Many', unit: 'bytes', value: () => value },
    reset() {
      value = 0n
    },
    process() {
      value += step
    },
  }
  const frames = [0n, 1n, 2n, 1_000_000_000n].map((after) => ({ at: at + after, data: request }))
  const { windows } = await feedTo([counter], frames)
  t.same(
    windows.map((window) => window.exact('MANY')),
    [3n * step, step],
  )
})

t.test('the total goes on over resets, also of a counter that keeps its value', async (t) => {
  let value = 0
  const reset = { count: 0 }
  const counting = pluginCounting(
    { ...seeing('KEEPS', 'PKT', none), value: () => value, reset: () => void reset.count++ },
    'my.mjs',
    none,
  )
  value = 5
  t.equal(counting.total(), 5n)
  t.equal(counting.settle(), 5n)
  t.equal(counting.settle(), 5n)
  t.equal(reset.count, 2)
  value = 7
  t.equal(counting.total(), 7n)
  value = 3
  t.equal(counting.total(), 10n, 'it began anew by itself')
})

t.test('a value that is no count is an error, and the total stays', async (t) => {
  const values = [1, -1, 0.5, Number.NaN, 2 ** 53, '7', undefined, -1n, 2]
  const counting = pluginCounting(
    { ...seeing('ODD', 'PKT', none), value: () => values.shift() as number },
    'my.mjs',
    none,
  )
  for (let at = 0; at < 8; at++) t.equal(counting.total(), 1n)
  t.equal(counting.part.errors, 7)
  t.equal(counting.total(), 2n)
})

t.test('one that throws is switched off after ten errors, and the others go on', async (t) => {
  const failing = (name: string, method: 'process' | 'value' | 'reset') => {
    const counter = seeing(name, 'PKT', none)
    return {
      ...counter,
      [method]() {
        throw new Error('not today')
      },
    }
  }
  const good = seeing('GOOD', 'PKT', none)
  let turns = 0
  const sometimes = seeing('SOMETIMES', 'PKT', () => {
    if (++turns % 50 === 0) throw new Error('now and then')
  })
  const counters = [failing('F1', 'process'), failing('F2', 'value'), sometimes, good]
  const { windows, warnings } = await feedTo(counters, readFileSync(FIXTURE))
  t.equal(sumOf(windows, 'GOOD'), sumOf(windows, 'PKTS'))
  t.equal(sumOf(windows, 'F1'), 0n)
  t.equal(turns, 500, 'not called any more after the tenth')
  t.same(warnings.length, 3)
  t.match(
    warnings[0],
    'plugin my.mjs: counter F1 is switched off after 10 errors, the last one: not today',
  )
  t.ok(warnings.some((line) => line.includes('counter SOMETIMES')))
  t.equal(sumOf(windows, 'SOMETIMES'), 500n, 'what it counted before stays')
})

t.test('all packets of a file are dealt, however many a piece has', async (t) => {
  const data = request.slice(0, 14)
  const frames = Array.from({ length: 40_000 }, (_, index) => ({ at: at + BigInt(index), data }))
  const { windows, standing } = await feedTo([seeing('ALL', 'PKT', none)], frames)
  t.equal(sumOf(windows, 'ALL'), 40_000n)
  t.equal(standing.missed, 0n)
})
