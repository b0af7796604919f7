// SPDX-License-Identifier: Apache-2.0
import { close, constants, fstat, open, read } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import { CaptureError } from '../errors.ts'

/** Bytes that arrive in order. */
export interface ByteInput extends AsyncDisposable {
  /** Reads at most `length` bytes to `at`; 0 at the end. Rejects with the system's or zlib's error. */
  read(into: Uint8Array, at: number, length: number): Promise<number>
  /** Makes a read that waits end, well or badly. */
  stop(): void
}

const STANDARD_INPUT = 0

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory, not a capture file',
}

/** Opens a file, or standard input for `-`; throws PCAP_OPEN. */
export async function openByteInput(path: string): Promise<ByteInput> {
  if (path === '-' && isatty(STANDARD_INPUT)) {
    throw new CaptureError('PCAP_OPEN', 'stdin: it is a terminal; pipe a capture into it.')
  }
  try {
    return await opened(path)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const words = WORDS[code] ?? message
    throw new CaptureError('PCAP_OPEN', `${path === '-' ? 'stdin' : path}: ${words}.`, { cause })
  }
}

async function opened(path: string): Promise<ByteInput> {
  /* without O_NONBLOCK opening a named pipe would wait for its writer */
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const fd = path === '-' ? STANDARD_INPUT : await promisify(open)(path, flags)
  const file = fileInput(fd)
  const kind = await promisify(fstat)(fd)
  if (kind.isDirectory()) {
    await file[Symbol.asyncDispose]()
    throw Object.assign(new Error('a directory'), { code: 'EISDIR' })
  }
  /* a read of a pipe that waits in Node's thread pool would keep the process from exiting */
  const waits = kind.isFIFO() || kind.isSocket()
  return waits ? streamInput(new Socket({ fd, readable: true, writable: false })) : file
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
