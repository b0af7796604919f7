// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net'

/** An address in 128 bits; IPv4 in its mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
export interface AddressWords {
  readonly high: bigint
  readonly low: bigint
}

const MAPPED = 0xffffn
const WORD = 0xffff_ffff_ffff_ffffn

/** Tells whether the words are an IPv4 address. */
export function isIpv4({ high, low }: AddressWords): boolean {
  return high === 0n && low >> 32n === MAPPED
}

/** Writes an address: dotted, or compressed as RFC 5952 has it. */
export function addressText(address: AddressWords): string {
  const { high, low } = address
  if (isIpv4(address)) return [24n, 16n, 8n, 0n].map((shift) => (low >> shift) & 0xffn).join('.')
  const groups = [high, low].flatMap((word) =>
    [48n, 32n, 16n, 0n].map((shift) => ((word >> shift) & 0xffffn).toString(16)),
  )
  const run = longestRunOfZeros(groups)
  if (run.length < 2) return groups.join(':')
  const [before, after] = [groups.slice(0, run.start), groups.slice(run.start + run.length)]
  return `${before.join(':')}::${after.join(':')}`
}

/** Reads an address of either family; undefined when it is none. */
export function addressWords(text: string): AddressWords | undefined {
  const family = isIP(text)
  if (family === 0 || text.includes('%')) return undefined
  if (family === 4) return { high: 0n, low: (MAPPED << 32n) | ipv4Bits(text) }
  const groups = text.replace(/[^:]*\.[^:]*$/, (dotted) => {
    const bits = ipv4Bits(dotted)
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`
  })
  const [before = [], after] = groups
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':')))
  const gap = after ? Array<string>(8 - before.length - after.length).fill('0') : []
  const all = [...before, ...gap, ...(after ?? [])]
  const bits = all.reduce((sum, each) => (sum << 16n) | BigInt(`0x${each}`), 0n)
  return { high: bits >> 64n, low: bits & WORD }
}

/** Cuts an address to its leading bits, by family. */
export function masked(
  address: AddressWords,
  prefix: { readonly ipv4: number; readonly ipv6: number },
): AddressWords {
  const kept = isIpv4(address) ? 96 + prefix.ipv4 : prefix.ipv6
  const bits = ((address.high << 64n) | address.low) & ~((1n << BigInt(128 - kept)) - 1n)
  return { high: bits >> 64n, low: bits & WORD }
}

function ipv4Bits(text: string): bigint {
  return text.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
}

function longestRunOfZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  return best
}
