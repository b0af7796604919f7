// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

const TICKS_A_SECOND = 100

/** Memory of a process and the CPU time that it took, now. */
export interface Resident {
  /** Seconds since the first look. */
  readonly at: number
  readonly megabytes: number
  readonly cpuSeconds: number
}

/** Looks at a process (proc(5): status, stat). */
export function lookAt(pid: number, began: number): Resident {
  const kibibytes = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const ticks = Number(fields[11]) + Number(fields[12])
  return {
    at: (performance.now() - began) / 1000,
    megabytes: Number(kibibytes) / 1024,
    cpuSeconds: ticks / TICKS_A_SECOND,
  }
}

/** Slope of the memory by least squares, in megabytes an hour. */
export function slope(looks: readonly Resident[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, each) => sum + each, 0) / values.length
  const [x, y] = [mean(looks.map(({ at }) => at)), mean(looks.map(({ megabytes }) => megabytes))]
  const above = looks.reduce((sum, { at, megabytes }) => sum + (at - x) * (megabytes - y), 0)
  return (3600 * above) / looks.reduce((sum, { at }) => sum + (at - x) ** 2, 0)
}
