// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { AddedSums } from '../counters/added-sums.ts'
import type { Opening } from './beside.ts'
import { streamInput } from './byte-input.ts'
import { captureCounter } from './capture-counter.ts'
import type { CaptureOrder, CaptureTold } from './libpcap-child.ts'
import { pieceReader } from './piece-reader.ts'

const PROGRAM = fileURLToPath(new URL('./libpcap-child.js', import.meta.url))

/** Ring of the capture: where offloads are on, libpcap takes twice that, for a thousand packets of up to 64 KiB. */
const RING_BYTES = 64 * 2 ** 20

/** Bytes read at a time. */
const PIECE = 2 ** 18

/** Bytes of a packet that the core looks at. */
const HEADERS = 256

const START_MILLISECONDS = 10_000
const NEVER = 2n ** 64n - 1n

type Child = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable }

/** What keeps a source's counts growing from outside. */
export interface Feeder {
  /** Packets that it lost. */
  lost(): bigint
  /** Why nothing comes any more; undefined while it does. */
  failure(): string | undefined
  close(): Promise<void>
}

/** Begins to feed a capture's counters with the packets of an interface; rejects in libpcap's words. */
export async function feedByLibpcap(
  { addon, handle, name }: Opening,
  added: readonly AddedSums[],
  direction: CaptureOrder['direction'],
): Promise<Feeder> {
  const stop = new AbortController()
  const reach = (): number => Math.max(HEADERS, addon.captureReach(handle))
  let bytes = reach()
  const child = start({ name, direction, ringBytes: RING_BYTES, bytes })
  const ended = once(child, 'close').catch(() => undefined)
  const state = { lost: 0n, isOver: false }
  try {
    await begun(child, (lost) => {
      state.lost = BigInt(lost)
    })
  } catch (error) {
    child.kill('SIGKILL')
    await ended
    throw error
  }
  /* filters may come that look further into packets */
  const deeper: AddedSums = {
    count: 0,
    read: () => undefined,
    close: () => undefined,
    fed() {
      if (reach() === bytes) return
      bytes = reach()
      child.stdin.write(`${JSON.stringify({ bytes })}\n`)
    },
  }
  const input = streamInput(child.stdout)
  const pieces = pieceReader(input, PIECE)
  const count = captureCounter(name, addon, handle, pieces, [...added, deeper])
  const over = count(NEVER, stop.signal).then(() => {
    state.isOver = true
  })
  return {
    lost: () => state.lost,
    failure: () =>
      state.isOver
        ? 'libpcap has stopped capturing, as it does when the interface goes down'
        : undefined,
    async close() {
      stop.abort()
      child.kill('SIGKILL')
      await pieces[Symbol.asyncDispose]()
      await Promise.all([over, ended])
    },
  }
}

/* detached: an interrupt typed at a terminal is for the parent, which has a last window to read */
function start(order: CaptureOrder): Child {
  const child = fork(PROGRAM, {
    execArgv: [],
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore', 'ipc', 'pipe'],
  }) as Child
  child.on('error', () => undefined) // its output ends, which says enough
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(order)}\n`)
  return child
}

/** Waits until the child captures; tells from then on what it loses. */
async function begun(child: Child, onLost: (packets: number) => void): Promise<void> {
  const lines = createInterface({ input: child.stdio[4] as Readable })
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MILLISECONDS)
  try {
    await new Promise<void>((resolve, reject) => {
      lines.on('close', () => reject(new Error('its process did not start')))
      lines.on('line', (line) => {
        const told = JSON.parse(line) as CaptureTold
        if ('lost' in told) onLost(told.lost)
        else if ('begun' in told) resolve()
        else reject(new Error(told.refused))
      })
    })
  } finally {
    clearTimeout(timer)
  }
}
