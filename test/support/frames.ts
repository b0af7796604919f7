// SPDX-License-Identifier: Apache-2.0
import { join } from './bytes.ts'
import { extension, fragment } from './packets.ts'

type Random = () => number

/** Bytes of an Ethernet header, the least that the kernel takes for a test run. */
export const SHORTEST = 14

/** Breaks a frame in one to three random ways, each of which parsers must survive; at least 14 bytes remain. */
export function mutate(frame: Uint8Array, random: Random): Uint8Array {
  let mutant: Uint8Array = frame.slice()
  for (let times = 1 + below(3, random); times > 0; times--) {
    const mutation = MUTATIONS[below(MUTATIONS.length, random)]
    mutant = mutation?.(mutant, random) ?? mutant
  }
  return mutant
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit)
}

/** A position, more often than not within the headers. */
function position(frame: Uint8Array, random: Random): number {
  return below(random() < 0.8 ? Math.min(frame.length, 80) : frame.length, random)
}

const MUTATIONS: readonly ((frame: Uint8Array, random: Random) => Uint8Array)[] = [
  flipBits,
  replaceBytes,
  cut,
  insertTag,
  repeatTag,
  insertExtensions,
  stretchLengths,
]

function flipBits(frame: Uint8Array, random: Random): Uint8Array {
  for (let times = 1 + below(4, random); times > 0; times--) {
    const at = position(frame, random)
    frame[at] = (frame[at] ?? 0) ^ (1 << below(8, random))
  }
  return frame
}

function replaceBytes(frame: Uint8Array, random: Random): Uint8Array {
  const usual = [0, 1, 4, 6, 0x45, 0x4f, 0x60, 0x80, 0xff, 17, 44, 58, 60]
  const choice = usual[below(usual.length + 1, random)] ?? below(256, random)
  frame[position(frame, random)] = choice
  return frame
}

function cut(frame: Uint8Array, random: Random): Uint8Array {
  const limit = random() < 0.7 ? Math.min(frame.length, 120) : frame.length
  return frame.slice(0, Math.max(SHORTEST, below(limit + 1, random)))
}

function insertTag(frame: Uint8Array, random: Random): Uint8Array {
  const tags = [
    [0x81, 0x00],
    [0x88, 0xa8],
    [0x91, 0x00],
  ][below(3, random)]
  const tag = new Uint8Array([...(tags ?? []), below(256, random), below(256, random)])
  return join(frame.subarray(0, 12), tag, frame.subarray(12))
}

/** Doubles the four bytes before the EtherType, up to more tags than any parser follows. */
function repeatTag(frame: Uint8Array, random: Random): Uint8Array {
  const tagged = insertTag(frame, random)
  const tag = tagged.subarray(12, 16)
  const copies = Array.from({ length: 1 + below(10, random) }, () => tag)
  return join(tagged.subarray(0, 12), ...copies, tagged.subarray(12))
}

/** Puts a chain of IPv6 extension headers before what follows the first IPv6 header; other frames stay. */
function insertExtensions(frame: Uint8Array, random: Random): Uint8Array {
  const at = SHORTEST
  if (frame.length < at + 40 || frame[12] !== 0x86 || frame[13] !== 0xdd) return frame
  const chain = Array.from({ length: 1 + below(11, random) }, () => {
    const types = [0, 43, 44, 51, 60, 135, 139, 140]
    const type = types[below(types.length, random)] ?? 0
    const more = random() < 0.5
    return type === 44
      ? fragment(random() < 0.5 ? 0 : 185, more)
      : extension(type, below(3, random))
  })
  const last = frame[at + 6] ?? 59
  const headers = chain.map(({ rest }, index) =>
    join(new Uint8Array([chain[index + 1]?.type ?? last]), rest),
  )
  const result = join(frame.subarray(0, at + 40), ...headers, frame.subarray(at + 40))
  result[at + 6] = chain[0]?.type ?? last
  return result
}

/** Lies about lengths where IPv4 and IPv6 keep theirs. */
function stretchLengths(frame: Uint8Array, random: Random): Uint8Array {
  const at = frame[12] === 0x86 ? 18 : 16
  if (frame.length < at + 2) return frame
  const length = random() < 0.3 ? 0 : below(random() < 0.5 ? 128 : 65536, random)
  frame.set([length >> 8, length & 0xff], at)
  return frame
}
