// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openInterface } from '../../src/capture/open.ts'
import { fill } from '../support/bytes.ts'
import { differences } from '../support/compare.ts'
import { usualModes } from '../support/modes.ts'
import { network } from '../support/netns.ts'
import { ethernet, ipv4, ipv6, PROTOCOL, padded, TYPE, udp } from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { settled, sourceSums } from '../support/sums.ts'
import { countFrames, DISTINCT_NAMES } from '../support/truth.ts'

const skip = missingPrivilege() ?? false
const LOOP = 10

/* a driver shows XDP only the first part of such a frame, whatever its headers say of the rest */
const frames = [
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.udp, udp(40000, 53, fill(8900)))),
  ethernet(TYPE.ipv6, ipv6(PROTOCOL.udp, udp(40000, 53, fill(5000)))),
  ethernet(0x88b5, fill(8000)),
  padded(ethernet(TYPE.ipv4, ipv4(PROTOCOL.udp, udp(40000, 53, fill(60)))), 8000),
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.udp, udp(40000, 53, fill(60)))),
].map((data, at) => ({ at: BigInt(at), data }))

for (const mode of usualModes) {
  t.test(`${mode} counts jumbo frames by their length, padding and all`, { skip }, async (t) => {
    const file = join(t.testdir(), 'jumbo.pcap')
    await writeFile(file, pcap(frames, { snaplen: 9216 }))
    const link = await network(t, { mtu: 9000 })
    const { source } = await openInterface(link.here, { source: mode, budgetBytes: 32 * 2 ** 20 })
    await using _ = source
    t.equal(source.mode, mode)
    const packets = LOOP * frames.length
    t.same(await link.send(file, { loop: LOOP }), { packets, refused: 0 })
    const sums = await settled(() => sourceSums(source), packets)
    const { counters } = countFrames(Array.from({ length: LOOP }, () => frames).flat())
    const expected = Object.entries(counters).filter(([name]) => !DISTINCT_NAMES.has(name))
    t.same(
      differences((name) => sums[name], Object.fromEntries(expected)),
      [],
    )
  })
}
