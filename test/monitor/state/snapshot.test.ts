// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import t from 'tap'
import {
  decodeSnapshot,
  encodeSnapshot,
  type SavedDetector,
  SNAPSHOT_LIMIT,
  SnapshotFault,
} from '../../../src/monitor/state/snapshot.ts'
import { uniform } from '../../spot/streams.ts'

const ODD = [0, -0, 0.1, Number.MIN_VALUE, -Number.MAX_VALUE]
const NONE = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

function saved(statistic: string, ...state: number[]): SavedDetector {
  const when = new Date('2026-01-02T03:04:05.678Z')
  return { statistic, window: 1, fingerprint: 'abc', saved: when, state: Float64Array.from(state) }
}

const all = [saved('R_SYN', ...ODD, ...NONE), saved('TRAFFIC', 1, 2, 3), saved('NOTHING')]
const bytes = encodeSnapshot('eth0', all)

t.test('what was written is read, to the last bit', async (t) => {
  const read = decodeSnapshot('eth0', bytes)
  t.same(read, all)
  const [first] = read
  for (const [index, number] of [...ODD, ...NONE].entries())
    t.ok(Object.is(first?.state[index], number), String(number))
})

t.test('cut off at any length it is refused', async (t) => {
  const accepted: number[] = []
  for (let length = 0; length < bytes.length; length++) {
    try {
      decodeSnapshot('eth0', bytes.subarray(0, length))
      accepted.push(length)
    } catch (error) {
      if (!(error instanceof SnapshotFault)) throw error
    }
  }
  t.same(accepted, [])
})

t.test('with any bit turned it is refused', async (t) => {
  const accepted: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const broken = Buffer.from(bytes)
    broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    try {
      decodeSnapshot('eth0', broken)
      accepted.push(bit)
    } catch (error) {
      if (!(error instanceof SnapshotFault)) throw error
    }
  }
  t.same(accepted, [])
})

t.test('what is no snapshot at all is refused', async (t) => {
  const seed = Date.now() % 1_000_000
  t.comment(`seed ${seed}`)
  const random = uniform(seed)
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random() * 256))
  for (const other of ['', '\n', '{}', 'pktspot-state', `pktspot-state 1.1 ${'0'.repeat(64)}`]) {
    t.throws(() => decodeSnapshot('eth0', Buffer.from(other)), SnapshotFault, other)
  }
  for (let i = 0; i < 200; i++)
    t.throws(() => decodeSnapshot('eth0', noise(random() * 500)), SnapshotFault)
  t.throws(() => decodeSnapshot('eth0', Buffer.concat([bytes, bytes])), SnapshotFault)
})

t.test('the fault names version, interface or checksum', async (t) => {
  const [header = '', body = ''] = bytes.toString().split(/(?<=^[^\n]*\n)/)
  const refused = (text: string, message: RegExp) =>
    t.throws(() => decodeSnapshot('eth0', Buffer.from(text)), { message })
  refused(header.replace(/ \d+\.\d+ /, ' 1.999 ') + body, /^has version 1\.999, not 1\.\d+$/)
  refused(header.replace(/ \d+\.\d+ /, ' 2.1 ') + body, /^has version 2\.1, not/)
  refused(header.replace(/[0-9a-f]{64}/, '0'.repeat(64)) + body, /its checksum is wrong$/)
  t.throws(() => decodeSnapshot('eth1', bytes), { message: 'is of interface eth0, not eth1' })
})

t.test('its checksum is plain SHA-256, so that anybody can check it', async (t) => {
  const text = bytes.toString()
  const body = text.slice(text.indexOf('\n') + 1)
  t.equal(text.split(/[ \n]/)[2], createHash('sha256').update(body).digest('hex'))
})

t.test('its size is bounded, for writing as for reading', async (t) => {
  const half = { ...saved('A'), state: new Float64Array(SNAPSHOT_LIMIT / 8 / 2) }
  t.ok(encodeSnapshot('eth0', [half]).length > SNAPSHOT_LIMIT / 2)
  t.throws(() => encodeSnapshot('eth0', [half, half]), SnapshotFault)
  t.throws(() => decodeSnapshot('eth0', Buffer.alloc(SNAPSHOT_LIMIT + 1)), SnapshotFault)
})
