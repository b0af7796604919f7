// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

/** What became of packets on their way from drivers into the kernel, all CPUs together, since it booted. */
export interface Softnet {
  /** Packets that a CPU's full backlog had no room for. */
  readonly dropped: number
  /** Times that a CPU had to stop taking packets with some left, its budget or time being spent. */
  readonly squeezed: number
}

/**
 * Adds up the lines of /proc/net/softnet_stat, one a CPU: columns in hexadecimal, the second those dropped, the third the
 * times squeezed (Documentation/admin-guide/sysctl/net.rst). Undefined when it has no such lines.
 */
export function parseSoftnet(text: string): Softnet | undefined {
  const lines = text.split('\n').filter((line) => line !== '')
  const rows = lines.map((line) => line.split(/\s+/).map((word) => Number.parseInt(word, 16)))
  let [dropped, squeezed] = [0, 0]
  for (const [, lost = Number.NaN, times = Number.NaN] of rows) {
    dropped += lost
    squeezed += times
  }
  if (rows.length === 0 || Number.isNaN(dropped + squeezed)) return undefined
  return { dropped, squeezed }
}

/** Reads it; undefined where the kernel does not tell. */
export function readSoftnet(): Softnet | undefined {
  try {
    return parseSoftnet(readFileSync('/proc/net/softnet_stat', 'utf8'))
  } catch {
    return undefined
  }
}
