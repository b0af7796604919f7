// SPDX-License-Identifier: Apache-2.0

/** Adds the registers of one window to those of another, both of the same precision. */
export function mergeRegisters(into: Uint8Array, from: Uint8Array): void {
  for (const [at, rank] of from.entries()) if (rank > (into[at] ?? 0)) into[at] = rank
}

/** Estimates how many different values set 2^p registers (Ertl 2017, algorithm 6), as the core does. */
export function estimateRegisters(registers: Uint8Array): number {
  const count = registers.length
  const ranks = 64 - Math.log2(count)
  const withRank = new Float64Array(ranks + 2)
  for (const rank of registers) {
    const at = Math.min(rank, ranks + 1)
    withRank[at] = (withRank[at] ?? 0) + 1
  }
  const share = (rank: number): number => (withRank[rank] ?? 0) / count
  if (share(0) === 1) return 0
  let z = count * tau(1 - share(ranks + 1))
  for (let rank = ranks; rank >= 1; rank--) z = 0.5 * (z + (withRank[rank] ?? 0))
  z += count * sigma(share(0))
  return (count * count) / (2 * Math.LN2 * z)
}

/** sigma(x) = x + sum over k >= 1 of x^(2^k) 2^(k-1) */
function sigma(share: number): number {
  let [x, y, z, before] = [share, 1, share, Number.NaN]
  while (z !== before) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

/** tau(x) = (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 2^-k) / 3 */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, Number.NaN]
  while (z !== before) {
    x = Math.sqrt(x)
    before = z
    y *= 0.5
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
