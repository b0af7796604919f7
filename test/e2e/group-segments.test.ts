// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { settled, sourceSums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const MODES: readonly LiveMode[] = ['tcx', 'packet-socket', 'xdp']
const PAYLOAD = 4_000_000
const FULL = 1514
const ACK = 16
const SPECS = [groupSpec(['ip.version']), groupSpec(['frame.len']), groupSpec(['tcp.flags'])]

/** Has the far end send the payload to us over TCP. */
async function transfer(t: Test, { inside, addresses }: Network): Promise<void> {
  const server = createServer((socket) => void socket.resume())
  t.teardown(() => server.close())
  server.listen(0, addresses?.here)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const send = `const s = require('node:net').connect(${port}, '${addresses?.here}', () =>
    s.end(Buffer.alloc(${PAYLOAD})))`
  const { code, stderr } = await inside(process.execPath, '-e', send)
  t.equal(code, 0, stderr)
}

for (const mode of MODES) {
  t.test(`${mode} counts groups of trains as the frames on the wire`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    const options = { source: mode, budgetBytes: 32 * 2 ** 20, groups: SPECS } as const
    const { source, groups } = await openInterface(link.here, options)
    await using _ = source
    await transfer(t, link)
    const {
      PKTS = 0,
      BYTES = 0,
      ACK: acks,
    } = await settled(() => sourceSums(source), Math.ceil(PAYLOAD / 1448))
    const totals = groups.map((table) => [...table.look().subarray(0, 2)].map(Number))
    t.same(totals[0], [PKTS, BYTES], 'a group of every frame has what the counters have')
    t.same(totals[1], [PKTS, BYTES])
    const [lengths, flags] = groups
      .slice(1)
      .map((table) =>
        table.candidates(4096, 0).map(({ key, adds }) => [...key, ...adds].map(Number)),
      )
    t.equal(
      lengths?.reduce((sum, [length = 0, frames = 0]) => sum + length * frames, 0),
      BYTES,
      'every frame is under its own length',
    )
    const full = lengths?.find(([length]) => length === FULL)?.[1] ?? 0
    t.ok(full > PAYLOAD / FULL / 2, `${full} full frames`)
    const plain = flags?.find(([bits]) => bits === ACK)?.[1] ?? 0
    const all = flags?.reduce((sum, [bits = 0, frames = 0]) => sum + (bits & ACK ? frames : 0), 0)
    t.equal(all, acks)
    t.ok(plain > 0.8 * full && plain < PKTS, `${plain} with ACK alone`)
  })
}
