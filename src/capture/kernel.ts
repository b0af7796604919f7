// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { release } from 'node:os'

/** Tells whether the running kernel is at least this release. */
export function kernelAtLeast(major: number, minor: number): boolean {
  const [own = 0, second = 0] = release().split('.').map(Number)
  return own > major || (own === major && second >= minor)
}

/** Counts the CPUs that may ever come online: per-CPU tables need one each (Documentation/admin-guide/cputopology.rst). */
export function possibleCpus(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim().split(',')
  return 1 + Math.max(...ranges.map((range) => Number(range.split('-').at(-1))))
}
