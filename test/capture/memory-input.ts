// SPDX-License-Identifier: Apache-2.0
import type { ByteInput } from '../../src/capture/byte-input.ts'

/** Bytes in memory as an input; `next` says how many a read gives at most. */
export function memoryInput(bytes: Uint8Array, next: () => number = () => bytes.length): ByteInput {
  let from = 0
  return {
    async read(into, at, length) {
      const part = bytes.subarray(from, from + Math.min(length, Math.max(1, next())))
      into.set(part, at)
      from += part.length
      return part.length
    },
    stop() {
      from = bytes.length
    },
    async [Symbol.asyncDispose]() {},
  }
}
