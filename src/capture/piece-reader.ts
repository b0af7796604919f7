// SPDX-License-Identifier: Apache-2.0
import type { ByteInput } from './byte-input.ts'

/** Bytes read at a time; the next ones are read while these are counted. */
const PIECE = 2 ** 22

/**
 * Bytes kept free in front of a piece for the cut record at the end of the one before. A large ArrayBuffer begins 16
 * bytes into a page; the odd 496 keep pieces off the starts of pages, where copies from the page cache run at half speed.
 */
const ROOM = 2 ** 16 + 496

/** A window onto an input: what was read and is not consumed yet lies in [from, to). */
export interface PieceReader extends AsyncDisposable {
  readonly bytes: Uint8Array
  /** Set by the consumer as it advances. */
  from: number
  readonly to: number
  /** Whether nothing follows. */
  readonly last: boolean
  /** Bytes read so far. */
  readonly total: number
  /** Reads on, keeping what is not consumed; `need` is how long that will grow at least. */
  more(need: number): Promise<void>
}

/** Reads an input by pieces, one ahead of the consumer. */
export function pieceReader(input: ByteInput, pieceBytes = PIECE): PieceReader {
  const buffer = (): Uint8Array => new Uint8Array(ROOM + pieceBytes)
  let [ahead, other] = [buffer(), buffer()]
  let bytes = other
  let [from, to, total, last] = [0, 0, 0, false]

  const start = (): Promise<number> => {
    const reading = input.read(ahead, ROOM, pieceBytes)
    reading.catch(() => undefined) /* told when the consumer comes here */
    return reading
  }
  let reading = start()

  /** The usual case: the rest goes into the room in front of the piece. */
  function swap(count: number): void {
    const rest = to - from
    ahead.set(bytes.subarray(from, to), ROOM - rest)
    bytes = ahead
    ;[ahead, other] = [other, ahead]
    ;[from, to] = [ROOM - rest, ROOM + count]
  }

  /** A record longer than the room grows in a buffer of its own. */
  function append(count: number, need: number): void {
    const rest = to - from
    if (bytes.length - to < count) {
      const grown = new Uint8Array(Math.max(need, rest + count) + pieceBytes)
      grown.set(bytes.subarray(from, to))
      bytes = grown
      ;[from, to] = [0, rest]
    }
    bytes.set(ahead.subarray(ROOM, ROOM + count), to)
    to += count
  }

  return {
    get bytes() {
      return bytes
    },
    get from() {
      return from
    },
    set from(value) {
      from = value
    },
    get to() {
      return to
    },
    get last() {
      return last
    },
    get total() {
      return total
    },
    async more(need) {
      const count = await reading
      total += count
      last = count === 0
      if (last) return
      if (to - from <= ROOM) swap(count)
      else append(count, need)
      reading = start()
    },
    async [Symbol.asyncDispose]() {
      input.stop()
      await reading.catch(() => undefined)
      await input[Symbol.asyncDispose]()
    },
  }
}
