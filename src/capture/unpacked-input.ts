// SPDX-License-Identifier: Apache-2.0
import type { TransformOptions } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib'
import { type ByteInput, streamInput } from './byte-input.ts'

/** First bytes of a gzip file (RFC 1952, 2.3.1). */
const MAGIC = [0x1f, 0x8b] as const
const CHUNK = 65536

/** Unpacks an input that begins as gzip does, and leaves any other as it is; owns it. */
export function unpackedInput(packed: ByteInput): ByteInput {
  let input: ByteInput | undefined
  return {
    async read(into, at, length) {
      input ??= await recognised(packed)
      return input.read(into, at, length)
    },
    stop() {
      input?.stop()
      packed.stop()
    },
    async [Symbol.asyncDispose]() {
      await input?.[Symbol.asyncDispose]()
      await packed[Symbol.asyncDispose]()
    },
  }
}

/** Looks at the first bytes and puts them back; gives an input that does not own the other. */
async function recognised(packed: ByteInput): Promise<ByteInput> {
  const head = new Uint8Array(MAGIC.length)
  let length = 0
  for (let count = -1; count !== 0 && length < head.length; length += count) {
    count = await packed.read(head, length, head.length - length)
  }
  const whole = withHead(head.subarray(0, length), packed)
  return MAGIC.every((byte, at) => head[at] === byte) ? gunzipped(whole) : whole
}

function withHead(head: Uint8Array, input: ByteInput): ByteInput {
  let left = head
  return {
    stop: () => undefined,
    async read(into, at, length) {
      const count = Math.min(left.length, length)
      into.set(left.subarray(0, count), at)
      left = left.subarray(count)
      return count === length ? count : count + (await input.read(into, at + count, length - count))
    },
    async [Symbol.asyncDispose]() {},
  }
}

function gunzipped(input: ByteInput): ByteInput {
  /* the mark of one byte: a write is done only when all that it unpacked was taken */
  const options: ZlibOptions & TransformOptions = { chunkSize: CHUNK, readableHighWaterMark: 1 }
  const gunzip = createGunzip(options)
  pump(input, gunzip).catch((error: Error) => gunzip.destroy(error))
  return streamInput(gunzip)
}

/* ended only after the last write is done: the error of a cut file then follows all of its data */
async function pump(input: ByteInput, gunzip: Gunzip): Promise<void> {
  const write = promisify((chunk: Uint8Array, done: (error?: Error | null) => void) => {
    gunzip.write(chunk, done)
  })
  const chunk = Buffer.allocUnsafe(CHUNK)
  for (;;) {
    const count = await input.read(chunk, 0, CHUNK)
    if (count === 0) break
    await write(chunk.subarray(0, count))
  }
  gunzip.end()
}
