// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'

/** Raised with every change of what notes say. */
const VERSION = 1

/** A half's header: version and length of the text, which half is newer, SHA-256 of these and the text. */
const HEADER_BYTES = 48
const DIGEST_AT = 16

/** Memory that outlives the process. */
export interface Room {
  readonly bytes: number
  read(from: number, into: Uint8Array): void
  write(at: number, bytes: Uint8Array): void
}

/** What user space knows of pinned tables, in parts that their owners name; it outlives the process at any moment. */
export interface Notes {
  /** A part as JSON has it; undefined when it was never written. */
  read(part: string): unknown
  /** Writes a part at once; whole numbers of any size become text. Throws a RangeError when there is no room. */
  write(part: string, value: unknown): void
}

/** Notes that cannot be used; the message says why and follows whose they are. */
export class NotesFault extends Error {
  override readonly name = 'NotesFault'
}

interface Half {
  readonly at: number
  readonly sequence: bigint
  readonly text: string
}

/**
 * Opens notes: two halves of a room that are written in turn, so that a write that was cut short leaves the one before.
 * Throws NotesFault when there were some and none is whole, or another version wrote them.
 */
export function openNotes(room: Room): Notes {
  const size = Math.floor(room.bytes / 16) * 8
  const last = newest(room, size)
  const parts = partsOf(last?.text)
  let { at, sequence } = last ?? { at: size, sequence: 0n }
  return {
    read: (part) => parsed(parts.get(part)),
    write(part, value) {
      const text = JSON.stringify(value, (_, each: unknown) =>
        typeof each === 'bigint' ? String(each) : each,
      )
      if (parts.get(part) === text) return
      const bytes = half(joined(parts, part, text), sequence + 1n)
      if (bytes.length > size) throw new RangeError(`${bytes.length} bytes of notes, not ${size}`)
      at = size - at
      sequence++
      room.write(at, bytes)
      parts.set(part, text)
    },
  }
}

/** Reads notes that nobody writes now; throws like `openNotes`. */
export function readNotes(bytes: Uint8Array): Pick<Notes, 'read'> {
  return openNotes({
    bytes: bytes.length,
    read: (from, into) => into.set(bytes.subarray(from, from + into.length)),
    write: () => undefined,
  })
}

function parsed(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}

function partsOf(text = '{}'): Map<string, string> {
  const all = Object.entries(JSON.parse(text) as Record<string, unknown>)
  return new Map(all.map(([part, value]) => [part, JSON.stringify(value)]))
}

function joined(parts: ReadonlyMap<string, string>, part: string, text: string): string {
  const all = new Map(parts).set(part, text)
  return `{${[...all].map(([name, each]) => `${JSON.stringify(name)}:${each}`).join(',')}}`
}

function half(text: string, sequence: bigint): Buffer {
  const body = Buffer.from(text)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(VERSION, 0)
  header.writeUInt32LE(body.length, 4)
  header.writeBigUInt64LE(sequence, 8)
  digest(header, body).copy(header, DIGEST_AT)
  return Buffer.concat([header, body])
}

function digest(header: Buffer, body: Buffer): Buffer {
  return createHash('sha256').update(header.subarray(0, DIGEST_AT)).update(body).digest()
}

function newest(room: Room, size: number): Half | undefined {
  const found = [0, size].map((at) => readHalf(room, at, size))
  const whole = found.filter((each) => typeof each === 'object')
  if (whole.length > 0) return whole.reduce((a, b) => (a.sequence > b.sequence ? a : b))
  const other = found.find((each) => typeof each === 'number')
  if (other !== undefined) throw new NotesFault(`have version ${other}, not ${VERSION}`)
  if (found.includes('damaged')) throw new NotesFault('are damaged')
  return undefined
}

/** A half as it was written: its text, or the version that it has instead. */
function readHalf(room: Room, at: number, size: number): Half | number | 'damaged' | 'empty' {
  const header = Buffer.alloc(HEADER_BYTES)
  room.read(at, header)
  if (header.every((byte) => byte === 0)) return 'empty'
  const length = header.readUInt32LE(4)
  if (length > size - HEADER_BYTES) return 'damaged'
  const body = Buffer.alloc(length)
  room.read(at + HEADER_BYTES, body)
  if (!digest(header, body).equals(header.subarray(DIGEST_AT))) return 'damaged'
  const version = header.readUInt32LE(0)
  if (version !== VERSION) return version
  return { at, sequence: header.readBigUInt64LE(8), text: body.toString() }
}
