// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { asEthernet } from '../support/as-ethernet.ts'
import { dissect, type Packet } from '../support/dissect.ts'
import { type LinkFrame, readCapture } from '../support/read-pcap.ts'
import { groupSpec } from './group-spec.ts'

const { PKTSPOT_CAPTURES: folder = '' } = process.env
const skip = folder === '' ? 'PKTSPOT_CAPTURES names no capture collection' : false
const TRACKED = 4096

/** Frames and bytes of each key, the key in words as `Candidate` has them. */
type Sums = Map<string, { frames: number; bytes: number }>

/** Groups by their fields, and the key of a packet in the test's own reading; undefined: not counted. */
const GROUPS: readonly {
  readonly fields: readonly string[]
  key(ip: Packet): readonly (bigint | number)[] | undefined
}[] = [
  { fields: ['ip.src'], key: ({ source }) => addressWords(source) },
  {
    fields: ['ip.proto', 'l4.dst_port'],
    key: (ip) => {
      const ports = portsOf(ip)
      return ports && [narrow(ip.protocol, ports.destination)]
    },
  },
  {
    fields: ['ip.src', 'ip.dst', 'ip.proto', 'l4.src_port', 'l4.dst_port'],
    key: (ip) => {
      const ports = portsOf(ip)
      if (!ports) return undefined
      const { source, destination } = ports
      const rest = narrow(ip.protocol, source, destination)
      return [...addressWords(ip.source), ...addressWords(ip.destination), rest]
    },
  },
]

/** An address in hexadecimal as two words; IPv4 in its mapped form, RFC 4291 section 2.5.5.2. */
function addressWords(hex: string): readonly [bigint, bigint] {
  const whole = BigInt(`0x${hex.length === 8 ? `ffff${hex}` : hex}`)
  return [whole >> 64n, whole & 0xffff_ffff_ffff_ffffn]
}

/** Narrow fields in one word, sixteen bits each, the first lowest. */
function narrow(...values: readonly number[]): number {
  return values.reduce((word, value, index) => word + value * 2 ** (16 * index), 0)
}

function portsOf(ip: Packet): { source: number; destination: number } | undefined {
  const { l4, transport } = ip
  if ((l4 !== 'tcp' && l4 !== 'udp') || transport.length < 4) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = transport
  return { source: a * 256 + b, destination: c * 256 + d }
}

/** Counts the frames exactly, once for each of the groups. */
function exactSums(frames: readonly LinkFrame[]): readonly Sums[] {
  const sums = GROUPS.map((): Sums => new Map())
  for (const frame of frames) {
    const { ip } = dissect(asEthernet(frame))
    if (!ip) continue
    for (const [index, group] of GROUPS.entries()) {
      const id = group.key(ip)?.join(' ')
      if (id === undefined) continue
      const sum = sums[index]?.get(id)
      const bytes = frame.wire ?? frame.data.length
      if (!sum) sums[index]?.set(id, { frames: 1, bytes })
      else {
        sum.frames += 1
        sum.bytes += bytes
      }
    }
  }
  return sums
}

/** What a source counted. */
interface Counted {
  readonly keys: Sums
  readonly other: readonly bigint[]
  /** How much too high an estimate may be. */
  readonly error: bigint
}

async function countedSums(path: string): Promise<readonly Counted[]> {
  await using source = await openCaptureFile(path)
  const tables = GROUPS.map(({ fields }) =>
    source.openGroup(groupSpec(fields, { tracked: TRACKED })),
  )
  await source.totals()
  return tables.map((table) => {
    const keys: Sums = new Map()
    for (const { key, adds } of table.candidates(TRACKED, 0)) {
      keys.set(key.join(' '), { frames: Number(adds[0]), bytes: Number(adds[1]) })
    }
    const other = [...table.look().subarray(0, 2)]
    const { error } = table.fill()
    table.close()
    return { keys, other, error }
  })
}

/** What is wrong with a group's counts. */
function mistakes(expected: Sums, { keys, other, error }: Counted): string[] {
  const wrong = [...expected].filter(([key, { frames, bytes }]) => {
    const found = keys.get(key)
    return found?.frames !== frames || found.bytes !== bytes
  })
  const sums = [...expected.values()]
  const total = [
    sums.reduce((sum, { frames }) => sum + frames, 0),
    sums.reduce((sum, { bytes }) => sum + bytes, 0),
  ]
  return [
    ...wrong.map(([key, sum]) => `${key}: ${JSON.stringify([sum, keys.get(key)])}`),
    ...(keys.size === expected.size ? [] : [`${keys.size} keys of ${expected.size}`]),
    ...(String(other) === String(total) ? [] : [`${other} in all, not ${total}`]),
    ...(error === 0n ? [] : [`an error of ${error}`]),
  ]
}

t.test('groups of real captures equal an exact count while their keys fit', { skip }, async (t) => {
  const names = await readdir(folder, { recursive: true })
  const files = names.filter((name) => !/\.(json|md|tsv)$/.test(name)).sort()
  const wrong: string[] = []
  let [fitting, all, keys] = [0, 0, 0]
  for (const name of files) {
    const path = join(folder, name)
    const exact = exactSums(readCapture(await readFile(path)))
    for (const [index, counted] of (await countedSums(path)).entries()) {
      const expected: Sums = exact[index] ?? new Map()
      all += 1
      if (expected.size > TRACKED) continue
      fitting += 1
      keys += expected.size
      const [first] = mistakes(expected, counted)
      if (first !== undefined) wrong.push(`${name}, ${GROUPS[index]?.fields.join(' ')}: ${first}`)
    }
  }
  t.comment(`${files.length} captures, ${fitting} of ${all} groups fit, ${keys} keys`)
  t.same(wrong, [])
  t.ok(files.length >= 200, 'the collection is there')
  t.ok(fitting > 0.95 * all, 'nearly all of them fit')
})
