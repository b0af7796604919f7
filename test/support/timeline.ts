// SPDX-License-Identifier: Apache-2.0
import type { Test } from 'tap'
import type { Finished } from './command.ts'
import { ethernet, ipv4, TYPE, tcp } from './packets.ts'
import type { Frame } from './pcap.ts'
import { lines, pktspot } from './replay.ts'

/** Nanoseconds. */
export const SECOND = 1_000_000_000n
export const START = 1_700_000_000n * SECOND

/** Milliseconds that any small file may take. */
export const TIMEOUT = 20_000

/** One line of `replay`. */
export interface Line {
  readonly kind: string
  readonly time: string
  /** Length of the window in seconds. */
  readonly window?: number
  readonly counters?: Readonly<Record<string, number>>
}

/** A small frame some seconds after the start. */
export function frame(seconds: number, index = 0): Frame {
  const segment = tcp(1000 + index, 80, 2)
  const at = START + BigInt(Math.round(seconds * 1e9))
  return { at, data: ethernet(TYPE.ipv4, ipv4(6, segment)) }
}

/** Runs `replay` and gives its lines but those of longer windows; neither may it crash nor hang. */
export async function replay(t: Test, files: readonly string[]): Promise<[Line[], Finished]> {
  const finished = await pktspot(['replay', ...files, '--period', '1'], { timeout: TIMEOUT })
  t.equal(finished.signal, null, 'no crash, no hang')
  const found = lines<Line>(finished.stdout).filter(({ window = 1 }) => window === 1)
  return [found, finished]
}

/** Frames in all windows together. */
export function packetsOf(found: readonly Line[]): number {
  return found.reduce((total, { counters }) => total + (counters?.['PKTS'] ?? 0), 0)
}
