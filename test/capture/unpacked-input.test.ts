// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import { constants, gunzipSync } from 'node:zlib'
import t from 'tap'
import { unpackedInput } from '../../src/capture/unpacked-input.ts'
import { fill, join, numbers } from '../support/bytes.ts'
import { gzip } from '../support/pcap.ts'
import { memoryInput } from './memory-input.ts'

/** Reads to the end or to the error, with a rest after each read. */
async function readAll(file: Uint8Array, rest: number): Promise<[Uint8Array, unknown]> {
  await using input = unpackedInput(memoryInput(file))
  const parts: Uint8Array[] = []
  const buffer = new Uint8Array(20_000)
  for (;;) {
    try {
      const count = await input.read(buffer, 0, buffer.length)
      if (count === 0) return [join(...parts), undefined]
      parts.push(buffer.slice(0, count))
    } catch (error) {
      return [join(...parts), error]
    }
    await sleep(rest)
  }
}

const random = numbers(1)
const noise = Uint8Array.from({ length: 300_000 }, () => random() * 256)
const packed = gzip(noise)

t.test('a slow reader gets all of a cut file before the error', async (t) => {
  const cut = packed.subarray(0, 200_000)
  const whole = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH })
  for (const rest of [0, 10]) {
    const [bytes, error] = await readAll(cut, rest)
    t.equal(bytes.length, whole.length)
    t.ok(Buffer.compare(bytes, whole) === 0)
    t.match(error, { code: 'Z_BUF_ERROR' })
  }
})

t.test('members of gzip follow one another', async (t) => {
  const [bytes, error] = await readAll(join(packed, gzip(fill(10))), 0)
  t.equal(error, undefined)
  t.ok(Buffer.compare(bytes, join(noise, fill(10))) === 0)
})

t.test('what is no gzip stays as it is', async (t) => {
  for (const file of [new Uint8Array(), fill(1, 0x1f), fill(2, 0x1f), noise]) {
    const [bytes, error] = await readAll(file, 0)
    t.equal(error, undefined)
    t.ok(Buffer.compare(bytes, file) === 0, `${file.length} bytes`)
  }
})
