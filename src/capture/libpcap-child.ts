// SPDX-License-Identifier: Apache-2.0
/*
 * Captures by npm's cap, in a process of its own: cap aborts its process when the interface goes down, and holds its main
 * thread for as long as packets come faster than it can take them. Writes a capture file to descriptor 1, and what it has
 * to say, a line of JSON each, to descriptor 4; ends with descriptor 0, which gives its orders.
 */
import { readdirSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { loadAddon } from '../native/binding.ts'
import { loadCap } from '../native/cap.ts'
import { keepOnly } from './capabilities.ts'
import { packetWriter } from './packet-writer.ts'

/** What the child is told first. */
export interface CaptureOrder {
  readonly name: string
  readonly direction: 'receive' | 'transmit'
  readonly ringBytes: number
  /** Bytes of each packet that are handed on; told anew when filters look further. */
  readonly bytes: number
}

/** What it says: once that it has begun or why it cannot, and how many packets it has lost since it began. */
export type CaptureTold = { begun: true } | { refused: string } | { lost: number }

const [ORDERS, PACKETS, TOLD] = [0, 1, 4]

/** Data link types by cap's names for them. */
const LINKS: Readonly<Record<string, number>> = { ETHERNET: 1, RAW: 101 }

/** Longest packet that cap captures. */
const PACKET_BYTES = 65_535

const addon = loadAddon()

function tell(told: CaptureTold): void {
  writeSync(TOLD, `${JSON.stringify(told)}\n`)
}

/** Narrows the socket that libpcap has opened; gives its descriptor and how many packets are to be passed over. */
function takeSocket(direction: CaptureOrder['direction']): { fd: number; held: number } {
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    const held = addon.takePacketSocket(fd, direction === 'transmit')
    if (held >= 0) return { fd, held }
  }
  throw new Error('libpcap captures here by something else than a packet socket')
}

/** What is open needs no capability; where a sandbox forbids to give them up, the parent says so. */
function giveUpRights(): void {
  try {
    keepOnly(addon, [])
  } catch {
    return
  }
}

/** Begins to capture; gives how the bytes of each packet are set, and how it ends. */
function begin({ name, direction, ringBytes, bytes }: CaptureOrder): {
  take(bytes: number): void
  end(): void
} {
  const cap = new (loadCap())()
  const packet = Buffer.alloc(PACKET_BYTES)
  const link = cap.open(name, '', ringBytes, packet)
  const { fd, held } = takeSocket(direction)
  giveUpRights()
  const number = LINKS[link]
  if (number === undefined) throw new Error(`packets of the link type ${link} are not counted`)
  /* so that a reader who is late does not hold up the capture */
  new Socket({ fd: PACKETS, readable: false, writable: true }).unref()
  let [kept, passed, lost] = [bytes, 0, 0]
  const writer = packetWriter(PACKETS, number, {
    flushed: (dropped) => {
      const now = dropped + addon.lostPackets(fd)
      lost += now
      if (now > 0) tell({ lost })
    },
    failed: () => cap.close(),
  })
  cap.on('packet', (length) => {
    if (passed < held) passed += 1
    else writer.write(packet, Math.min(length, kept), length)
  })
  return {
    take: (bytes) => {
      kept = bytes
    },
    end: () => {
      cap.close()
      writer.close()
    },
  }
}

async function main(): Promise<void> {
  let capture: ReturnType<typeof begin> | undefined
  for await (const line of createInterface({ input: new Socket({ fd: ORDERS }) })) {
    const order = JSON.parse(line) as CaptureOrder
    if (capture) capture.take(order.bytes)
    else {
      capture = begin(order)
      tell({ begun: true })
    }
  }
  capture?.end()
}

main().catch((error: Error) => tell({ refused: error.message }))
