// SPDX-License-Identifier: Apache-2.0
import { numbers } from './bytes.ts'

/** A sampler of ranks 0 to `keys` - 1, of which rank r comes up in proportion to 1 / (r + 1)^exponent; repeatable. */
export function zipf(keys: number, exponent: number, seed: number): () => number {
  const cumulative = new Float64Array(keys)
  let total = 0
  for (let rank = 0; rank < keys; rank++) {
    total += (rank + 1) ** -exponent
    cumulative[rank] = total
  }
  const random = numbers(seed)
  return () => {
    const drawn = random() * total
    let [low, high] = [0, keys - 1]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((cumulative[middle] ?? total) > drawn) high = middle
      else low = middle + 1
    }
    return low
  }
}
