// SPDX-License-Identifier: Apache-2.0
import { join, u16 } from '../support/bytes.ts'
import { ethernet, ipv4, TYPE, udp } from '../support/packets.ts'
import { type Frame, pcap, pcapRecord } from '../support/pcap.ts'
import { interfaceBlock, packetBlock, pcapng, section } from '../support/pcapng.ts'

/** A field of a file: its name, where it is and how long. */
type Field = readonly [name: string, at: number, bytes: 1 | 2 | 4]

const START = 1_700_000_000_000_000_000n
const data = ethernet(TYPE.ipv4, ipv4(17, udp(5000, 53)))
const frame = (seconds: number, more: Partial<Frame> = {}): Frame => ({
  at: START + BigInt(seconds) * 1_000_000_000n,
  data,
  ...more,
})
const three = [frame(0), frame(1), frame(2)]

/** What a field of so many bytes is set to. */
function values(bytes: 1 | 2 | 4): readonly number[] {
  if (bytes === 1) return [0, 1, 0x45, 0x7f, 0x80, 0xff]
  if (bytes === 2) return [0, 1, 13, 0x7fff, 0xffff]
  return [0, 1, 13, 0x7fffffff, 0x01000000, 0x01000001, 0xffffffff]
}

/** A file with each field set to each value, in the file's byte order. */
function wrong(kind: string, file: Uint8Array, fields: readonly Field[], little: boolean): Files {
  return fields.flatMap(([name, at, bytes]) =>
    values(bytes).map((value): File => {
      const copy = file.slice()
      const view = new DataView(copy.buffer)
      if (bytes === 1) view.setUint8(at, value)
      else if (bytes === 2) view.setUint16(at, value, little)
      else view.setUint32(at, value, little)
      return [`${kind} ${name} ${value.toString(16)}`, copy]
    }),
  )
}

type File = readonly [name: string, content: Uint8Array]
type Files = readonly File[]

/** A file that ends at each of these bytes. */
function cut(kind: string, file: Uint8Array, from: number, to: number): Files {
  return Array.from(
    { length: to - from },
    (_, at): File => [`${kind} cut at ${from + at}`, file.subarray(0, from + at)],
  )
}

const PCAP: readonly Field[] = [
  ['magic', 0, 4],
  ['major version', 4, 2],
  ['minor version', 6, 2],
  ['snap length', 16, 4],
  ['link', 20, 4],
]

const record = (at: number): readonly Field[] => [
  ['seconds', at, 4],
  ['fraction', at + 4, 4],
  ['captured length', at + 8, 4],
  ['length', at + 12, 4],
]

const head = section().length
const port = interfaceBlock({ resolution: 9 }).length
const packet = head + port + packetBlock(frame(0)).length

const PCAPNG: readonly Field[] = [
  ['section type', 0, 4],
  ['section length', 4, 4],
  ['byte order', 8, 4],
  ['version', 12, 2],
  ['section bytes', 16, 4],
  ['section length again', head - 4, 4],
  ['interface type', head, 4],
  ['interface length', head + 4, 4],
  ['link', head + 8, 2],
  ['snap length', head + 12, 4],
  ['option code', head + 16, 2],
  ['option length', head + 18, 2],
  ['resolution', head + 20, 1],
  ['end of options', head + 24, 2],
  ['packet type', packet, 4],
  ['packet length', packet + 4, 4],
  ['interface', packet + 8, 4],
  ['time high', packet + 12, 4],
  ['time low', packet + 16, 4],
  ['captured length', packet + 20, 4],
  ['length', packet + 24, 4],
]

/** Fields of an Ethernet frame with UDP over IPv4, from where it begins; network order. */
const packetFields = (at: number): readonly Field[] => [
  ['EtherType', at + 12, 2],
  ['version and header length', at + 14, 1],
  ['IP length', at + 16, 2],
  ['fragment', at + 20, 2],
  ['protocol', at + 23, 1],
  ['UDP length', at + 38, 2],
]

/** Links whose header the frames of another do not have. */
function wrongLinks(): Files {
  const links = [0, 9, 12, 14, 50, 101, 104, 108, 113, 228, 229, 276, 65535]
  return links.map((link) => [`frames of another link than ${link}`, pcap(three, { link })])
}

/** Tags and headers without end, and frames shorter than any header. */
function endless(): Files {
  const tags = (count: number): Uint8Array =>
    join(data.subarray(0, 12), ...Array.from({ length: count }, () => u16(0x8100, 1)), u16(0x8100))
  const extension = join(new Uint8Array([0, 255]), new Uint8Array(6))
  const ip6 = join(new Uint8Array([0x60, 0, 0, 0, 255, 255, 0, 1]), new Uint8Array(32))
  const chain = join(data.subarray(0, 12), u16(0x86dd), ip6, ...Array(64).fill(extension))
  const one = (content: Uint8Array): Uint8Array => pcap([frame(0, { data: content }), frame(1)])
  return [
    ...[1, 7, 8, 9, 300].map((count): File => [`${count} tags and no end`, one(tags(count))]),
    ['extension headers without end', one(chain)],
    ...Array.from({ length: 48 }, (_, at): File => [`frame of ${at}`, one(data.subarray(0, at))]),
  ]
}

/** Files that are whole by themselves but should not follow one another. */
function joined(): Files {
  const [little, big] = [pcapng(three), pcapng(three, { bigEndian: true })]
  return [
    ['pcap behind pcap', join(pcap(three), pcap(three))],
    ['pcapng behind pcap', join(pcap(three), little)],
    ['pcap behind pcapng', join(little, pcap(three))],
    ['both byte orders', join(little, big, little)],
    ['packets before an interface', join(section(), packetBlock(frame(0)))],
    ['zeros behind', join(pcap(three), new Uint8Array(4096))],
    ['ones behind', join(little, new Uint8Array(4096).fill(255))],
    ['a record of 16 MiB', join(pcap([]), pcapRecord(frame(0, { data: new Uint8Array(2 ** 24) })))],
    ['many interfaces', join(section(), ...Array(66_000).fill(interfaceBlock({})))],
    ['times backwards', pcap([frame(9), frame(5), frame(1)])],
    ['nothing', new Uint8Array()],
  ]
}

/** Corrupted capture files, each kind by its name; the same ones at every run. */
export function corrupted(): Files {
  const [little, big] = [pcap(three), pcap(three, { bigEndian: true, nanoseconds: true })]
  const ng = pcapng(three, { ports: [{ resolution: 9 }] })
  const second = 24 + 16 + data.length
  return [
    ...wrong('pcap', little, [...PCAP, ...record(second)], true),
    ...wrong('big-endian pcap', big, [...PCAP, ...record(second)], false),
    ...wrong('pcapng', ng, PCAPNG, true),
    ...wrong('packet', little, packetFields(second + 16), false),
    ...cut('pcap', little, 0, 42),
    ...cut('pcapng', ng, 0, packet + 34),
    ...wrongLinks(),
    ...endless(),
    ...joined(),
  ]
}
