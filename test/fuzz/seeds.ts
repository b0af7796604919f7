// SPDX-License-Identifier: Apache-2.0
import { loadAddon } from '../../src/native/binding.ts'
import { all } from '../fixtures/fixtures.ts'
import { odd } from '../fixtures/odd-frames.ts'
import { join, u16 } from '../support/bytes.ts'
import { PRIMITIVES } from '../support/filter-texts.ts'
import { type Frame, packer, pcap } from '../support/pcap.ts'
import { pcapng } from '../support/pcapng.ts'

export type Seeds = Readonly<Record<string, readonly Uint8Array[]>>

/** Longer frames teach the fuzzers nothing that shorter ones do not. */
const short = ({ data }: Frame): boolean => data.length <= 300

/** Every n-th frame, so that each kind is there and the corpus is read in no time. */
function frames(every: number): readonly Frame[] {
  return [...all(), ...odd()].filter(short).filter((_, at) => at % every === 0)
}

function captures(): readonly Uint8Array[] {
  const few = frames(40)
  const links = [0, 9, 12, 50, 101, 104, 113, 228, 276]
  const ports = [{ resolution: 9 }, { resolution: 0x8a, snaplen: 40 }, { link: 101, resolution: 0 }]
  return [
    pcap(few),
    pcap(few, { bigEndian: true }),
    pcap(few, { nanoseconds: true }),
    pcapng(few, { unknownEvery: 3 }),
    pcapng(few, { bigEndian: true, ports }),
    pcapng(few, { simple: true, ports }),
    ...links.map((link) => pcap(frames(90), { link })),
  ]
}

/** Link and flags, bytes unseen, segments, bytes of one, VLAN: as frames.c takes them, then the frame. */
function counted(): readonly Uint8Array[] {
  return frames(3).map(({ data }, at) =>
    join(u16(at % 16), u16(0, 0, at % 7 === 0 ? 100 : 0, 5), data),
  )
}

/** Access, flags, filters before, filters; what a match adds, field, cell, layers, instructions: as filters.c takes them. */
function filtered(): readonly Uint8Array[] {
  const addon = loadAddon()
  const some = frames(7)
  return PRIMITIVES.filter((_, at) => at % 4 === 0).flatMap((text, at) => {
    const program = addon.compileFilter(text, 1, at % 2 === 0)
    if (typeof program === 'string' || program.length > 400) return []
    const head = [at % 3, 2 * (at % 32), at % 9 === 0 ? 63 : 0, 0, at % 5, at % 16, at % 8, 0]
    const length = packer(false)([2, program.length / 8])
    return [join(new Uint8Array(head), length, program, some[at % some.length]?.data ?? program)]
  })
}

interface Plan {
  readonly fields: readonly string[]
  readonly rules?: number
  readonly extremes?: number
  readonly unique?: string
}

const PLANS: readonly Plan[] = [
  { fields: ['ip.src'], extremes: 3, unique: 'ip.dst' },
  { fields: ['l4.dst_port'], unique: 'l4.src_port' },
  { fields: ['ip.src', 'ip.dst', 'l4.src_port'] },
  { fields: ['ip.proto'] },
  { fields: ['eth.src', 'vlan.id', 'eth.type', 'frame.len', 'tcp.flags'], extremes: 3 },
  { fields: [], rules: 9, extremes: 3 },
]

/** Flags, `struct group_wish` in bytes, then steps: as groups.c takes them. */
function grouped(): readonly Uint8Array[] {
  const addon = loadAddon()
  const number = (name: string): number =>
    addon.keyFields().find((field) => field.name === name)?.index ?? 0
  const padded = (values: readonly number[], length: number): number[] =>
    Array.from({ length }, (_, at) => values[at] ?? 0)
  const steps = join(
    ...frames(40).map(({ data }, at) =>
      join(new Uint8Array([9, data.length, at % 256]), data.subarray(0, 255), u16(at % 6, at % 9)),
    ),
  )
  return PLANS.map(({ fields, rules = 0, extremes = 0, unique }, at) => {
    const key = [fields.length, ...padded(fields.map(number), 5), 24, 64, rules > 0 ? 3 : -1, rules]
    const cells = [2, ...padded([0, 1], 8), extremes, ...padded([1, 0, 2 + number('ip.ttl')], 8)]
    const keeps = padded([0, 1, 2], 8)
    const uniques = [unique ? 1 : 0, ...padded([number(unique ?? '')], 2), 6]
    const wish = [0, -1, ...key, ...cells, ...keeps, ...uniques, 0, 3, 8]
    return join(new Uint8Array([at === 3 ? 2 : 0, ...wish.map((value) => value & 255)]), steps)
  })
}

/** What each fuzzer begins with: files by the name of their target. */
export function seeds(): Seeds {
  return { captures: captures(), frames: counted(), filters: filtered(), groups: grouped() }
}
