// SPDX-License-Identifier: Apache-2.0
import { close, constants, fstat, open, read } from 'node:fs'
import { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { CaptureError } from '../errors.ts'

/** Bytes that arrive in order. */
export interface ByteInput extends AsyncDisposable {
  /** Reads at most `length` bytes to `at`; 0 at the end. Rejects with the system's or zlib's error. */
  read(into: Uint8Array, at: number, length: number): Promise<number>
  /** Ends a read that waits. */
  stop(): void
}

const STANDARD_INPUT = 0
const GZIP_MAGIC = [0x1f, 0x8b] as const
const PIECE = 65536

/** Opens a file or `-`, standard input, and unpacks gzip; throws PCAP_OPEN. */
export async function openByteInput(path: string): Promise<ByteInput> {
  const name = path === '-' ? 'stdin' : path
  try {
    const input = await openRaw(path)
    const head = new Uint8Array(GZIP_MAGIC.length)
    let length = 0
    for (let count = -1; count !== 0 && length < head.length; length += count)
      count = await input.read(head, length, head.length - length)
    const whole = withHead(head.subarray(0, length), input)
    return head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1] ? unpacked(whole) : whole
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    const words = WORDS[code ?? ''] ?? message
    throw new CaptureError('PCAP_OPEN', `${name}: ${words}.`, { cause })
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory, not a capture file',
}

async function openRaw(path: string): Promise<ByteInput> {
  if (path === '-' && isatty(STANDARD_INPUT))
    throw new CaptureError('PCAP_OPEN', 'stdin: it is a terminal; pipe a capture into it.')
  /* without O_NONBLOCK opening a named pipe would wait for its writer */
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const fd = path === '-' ? STANDARD_INPUT : await promisify(open)(path, flags)
  const kind = await promisify(fstat)(fd)
  /* a read of a pipe that waits in Node's thread pool would keep the process from exiting */
  if (kind.isFIFO() || kind.isSocket())
    return streamInput(new Socket({ fd, readable: true, writable: false }))
  return fileInput(fd)
}

function fileInput(fd: number): ByteInput {
  const readAsync = promisify(read)
  return {
    read: async (into, at, length) => (await readAsync(fd, into, at, length, null)).bytesRead,
    stop: () => undefined,
    async [Symbol.asyncDispose]() {
      if (fd !== STANDARD_INPUT) await promisify(close)(fd)
    },
  }
}

/** Reads a stream's chunks; destroys it in the end. */
export function streamInput(stream: Readable): ByteInput {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array()
  return {
    async read(into, at, length) {
      while (chunk.length === 0) {
        const next = await chunks.next()
        if (next.done) return 0
        chunk = next.value
      }
      const count = Math.min(length, chunk.length)
      into.set(chunk.subarray(0, count), at)
      chunk = chunk.subarray(count)
      return count
    },
    stop: () => void stream.destroy(),
    async [Symbol.asyncDispose]() {
      stream.destroy()
    },
  }
}

/** Puts bytes that were read already back in front. */
function withHead(head: Uint8Array, input: ByteInput): ByteInput {
  let left = head
  return {
    ...input,
    async read(into, at, length) {
      const count = Math.min(left.length, length)
      into.set(left.subarray(0, count), at)
      left = left.subarray(count)
      return count === length ? count : count + (await input.read(into, at + count, length - count))
    },
  }
}

/* with a high-water mark of one byte all that was unpacked is read before an error can come */
function unpacked(input: ByteInput): ByteInput {
  const gunzip = createGunzip({ chunkSize: PIECE, readableHighWaterMark: 1 } as object)
  pipeline(Readable.from(chunksOf(input), { objectMode: false }), gunzip, () => undefined)
  const stream = streamInput(gunzip)
  return {
    read: stream.read,
    stop() {
      stream.stop()
      input.stop()
    },
    async [Symbol.asyncDispose]() {
      await stream[Symbol.asyncDispose]()
      await input[Symbol.asyncDispose]()
    },
  }
}

async function* chunksOf(input: ByteInput): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(PIECE)
    const count = await input.read(chunk, 0, chunk.length)
    if (count === 0) return
    yield chunk.subarray(0, count)
  }
}
