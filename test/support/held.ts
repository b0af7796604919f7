// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Tells how many bytes stay in memory with what `make` makes. */
export function heldBytes<T>(make: () => T): { made: T; bytes: number } {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const held = (): number => {
    for (let i = 0; i < 3; i++) collect()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return arrayBuffers + heapUsed
  }
  const before = held()
  const made = make()
  return { made, bytes: held() - before }
}
