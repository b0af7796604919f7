// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { windowBetween } from '../../src/counters/window.ts'
import { createNdjsonExporter, records } from '../../src/exporters/ndjson.ts'
import { exporterContract } from '../contracts/exporter.ts'
import { BUSY, catalog, HUGE, report, START, ZERO } from './fixture.ts'

t.test('keeps the contract of exporters', (t) =>
  exporterContract(t, () => createNdjsonExporter({ catalog, write: () => {} })),
)

t.test('writes the data of a window', async (t) => {
  const [data = ''] = records(report('eth0'), catalog)
  t.same(JSON.parse(data), {
    kind: 'data',
    time: '2023-11-14T22:13:20.000Z',
    interface: 'eth0',
    window: 1,
    counters: {
      PKTS: 12,
      BYTES: Number(HUGE),
      SYN: 3,
      NB_UNIQ_SRC_ADDR: 7,
      SOURCE_TIME: Number(1_700_000_000_123_456_789n),
    },
    statistics: {
      R_SYN: {
        value: 0.9,
        upper: 0.875,
        lower: null,
        verdict: 'anomaly',
        tail: 'upper',
        probability: 0.00001,
      },
      AVG_PKT_SIZE: {
        value: null,
        upper: null,
        lower: null,
        verdict: 'learning',
        tail: null,
        probability: null,
      },
      PERF: {
        value: 1234.5,
        upper: null,
        lower: null,
        verdict: null,
        tail: null,
        probability: null,
      },
    },
  })
})

t.test('writes every digit of counters beyond 2^53', async (t) => {
  const [data = ''] = records(report('eth0'), catalog)
  t.match(data, `"BYTES":${HUGE},`)
  t.match(data, '"SOURCE_TIME":1700000000123456789}')
})

t.test('writes an alarm when a value opens an event, and only then', async (t) => {
  const opening = records(report('eth0'), catalog)
  t.equal(opening.length, 2)
  t.same(JSON.parse(opening[1] ?? ''), {
    kind: 'alarm',
    time: '2023-11-14T22:13:20.000Z',
    interface: 'eth0',
    window: 1,
    statistic: 'R_SYN',
    tail: 'upper',
    value: 0.9,
    threshold: 0.875,
    probability: 0.00001,
    id: '49eb280ecf9e6e2e',
  })
  const [first, ...rest] = report('eth0').samples
  if (!first?.judgement) throw new Error('the fixture has no judgement')
  const open = { ...first, judgement: { ...first.judgement, opens: false } }
  t.equal(records(report('eth0', { samples: [open, ...rest] }), catalog).length, 1)
})

t.test('writes a skipped stretch before the window that ends it', async (t) => {
  const gap = { from: new Date('2023-11-14T20:13:20Z'), to: START }
  const window = windowBetween(catalog, ZERO, BUSY, { start: START, seconds: 1, gap })
  const [first = '', second = ''] = records(report('eth0', { window }), catalog)
  t.same(JSON.parse(first), {
    kind: 'gap',
    time: '2023-11-14T20:13:20.000Z',
    interface: 'eth0',
    seconds: 7200,
    until: '2023-11-14T22:13:20.000Z',
  })
  t.equal(JSON.parse(second).kind, 'data')
})

t.test('keeps one record a line whatever the names hold', async (t) => {
  const lines = records(report('a\n"b"'), catalog)
  t.equal(lines.join('\n').split('\n').length, 2)
  t.equal(JSON.parse(lines[0] ?? '').interface, 'a\n"b"')
})

t.test('waits for a slow reader', async (t) => {
  const written: string[] = []
  let release = () => {}
  const write = (text: string) =>
    new Promise<void>((resolve) => {
      written.push(text)
      release = resolve
    })
  await using exporter = createNdjsonExporter({ catalog, write })
  let done = false
  const publishing = Promise.resolve(exporter.publish(report('eth0'))).then(() => {
    done = true
  })
  await new Promise(setImmediate)
  t.equal(done, false)
  release()
  await publishing
  t.equal(written.join('').split('\n').length, 3)
})
