// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs'

/** Milliseconds that packets wait for others to be written with. */
const WAIT = 10

/** Bytes written at a time, and bytes that wait for a reader that is late. */
const BATCH = 2 ** 18
const WAITING = 2 ** 25

const FILE_HEADER = 24
const RECORD_HEADER = 16
const NANOSECONDS = 0xa1b23c4d
const LONGEST = 2 ** 18

/** Writes packets as a capture file, in batches. */
export interface PacketWriter {
  /** Copies so many bytes of a packet whose length on the wire is `length`. */
  write(packet: Buffer, bytes: number, length: number): void
  close(): void
}

/** Who is told: with each batch how many packets the reader was too late for; once, that there is no reader any more. */
export interface WriterEvents {
  flushed(dropped: number): void
  failed(): void
}

/**
 * Makes a writer to a descriptor that does not block. It works within a callback that does not return, too: no part of it
 * needs the event loop while batches fill.
 */
export function packetWriter(fd: number, link: number, events: WriterEvents): PacketWriter {
  const waiting: Buffer[] = [fileHeader(link)]
  let waitingBytes = FILE_HEADER
  let [batch, used, packets, isClosed] = [Buffer.allocUnsafe(BATCH), 0, 0, false]
  let timer: NodeJS.Timeout | undefined

  function send(): void {
    try {
      for (let first = waiting[0]; first && !isClosed; first = waiting[0]) {
        const sent = writeSync(fd, first)
        waitingBytes -= sent
        if (sent === first.length) waiting.shift()
        else waiting[0] = first.subarray(sent)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      isClosed = true
      events.failed()
    }
  }
  function flush(): void {
    const fits = waitingBytes + used <= WAITING
    if (fits && used > 0) {
      waiting.push(batch.subarray(0, used))
      waitingBytes += used
      batch = Buffer.allocUnsafe(BATCH)
    }
    events.flushed(fits ? 0 : packets)
    ;[used, packets] = [0, 0]
    send()
    clearTimeout(timer)
    timer = waiting.length > 0 && !isClosed ? setTimeout(flush, WAIT) : undefined
  }
  flush()
  return {
    write(packet, bytes, length) {
      if (isClosed) return
      if (used + RECORD_HEADER + bytes > BATCH) flush()
      const now = Date.now()
      batch.writeUInt32LE(Math.floor(now / 1000), used)
      batch.writeUInt32LE((now % 1000) * 1_000_000, used + 4)
      batch.writeUInt32LE(bytes, used + 8)
      batch.writeUInt32LE(length, used + 12)
      packet.copy(batch, used + RECORD_HEADER, 0, bytes)
      used += RECORD_HEADER + bytes
      packets += 1
      timer ??= setTimeout(flush, WAIT)
    },
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

function fileHeader(link: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER)
  header.writeUInt32LE(NANOSECONDS, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(LONGEST, 16)
  header.writeUInt32LE(link, 20)
  return header
}
