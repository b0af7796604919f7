// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import t, { type Test } from 'tap'
import { type LiveMode, MODES } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import type { Source } from '../../src/capture/source.ts'
import { command } from '../support/command.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { settled, sourceSums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const modes = Object.keys(MODES) as LiveMode[]
const PING = ['ping', '-q', '-c', '100', '-i', '0.01', '-W', '2'] as const

const PAYLOAD = 8_000_000
const ETHERNET = 14
/* IPv4 and TCP without options; the timestamps option, padded, that every segment carries */
const HEADERS = 20 + 20 + 12
/* MSS, SACK permitted and window scale, with the timestamps: Linux's SYN has 20 bytes of options */
const SYN_MORE = 8

function open(t: Test, device: string, mode: LiveMode): Source {
  const { source } = openInterface(device, { source: mode, budgetBytes: 32 * 2 ** 20 })
  t.equal(source.mode, mode)
  return source
}

for (const mode of modes) {
  t.test(`${mode} lets every ping through and counts it`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    const { here = '', there = '' } = link.addresses ?? {}
    await using source = open(t, link.here, mode)
    const asked = await link.inside(...PING, here)
    t.match(asked.stdout, '100 received, 0% packet loss')
    const { ECHO_REQUEST, ECHO_REPLY } = await settled(() => sourceSums(source), 100)
    t.same({ ECHO_REQUEST, ECHO_REPLY }, { ECHO_REQUEST: 100, ECHO_REPLY: 0 })
    const [file, ...args] = PING
    const answered = await command(file, [...args, there])
    t.match(answered.stdout, '100 received, 0% packet loss')
    const sums = await settled(() => sourceSums(source), 200)
    t.same([sums['ECHO_REQUEST'], sums['ECHO_REPLY'], sums['ICMP']], [100, 100, 200])
  })
}

for (const mode of modes) {
  /* generic XDP sees a train of segments as one frame: the driver hands it over whole */
  const inTrains = mode === 'tcx' || mode === 'packet-socket'
  const what = inTrains ? 'the segments of offloaded trains' : 'a transfer'
  t.test(`${mode} counts ${what} as they were on the wire`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    await using source = open(t, link.here, mode)
    const port = await receiver(t)
    const { segments, frames } = await transfer(link, port)
    console.error(mode, segments, frames)
    const sums = await settled(() => sourceSums(source), segments)
    console.error(sums.PKTS, sums.TCP, sums.ARP, sums.BYTES, sums.IP_BYTES)
    const bytes = PAYLOAD + segments * HEADERS + SYN_MORE
    t.equal(sums['TCP'], segments)
    t.equal(sums['SYN_ONLY'], 1)
    t.equal(sums['IP_BYTES'], bytes)
  })
}

/** A server on our end that reads to the end and then closes; gives its port. */
async function receiver(t: Test): Promise<number> {
  const server: Server = createServer((socket) => socket.resume())
  server.listen(0)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const SENDER = `
  const [host, port, bytes] = process.argv.slice(1)
  const socket = require('node:net').connect(Number(port), host)
  socket.resume().end(Buffer.alloc(Number(bytes)))
`

/** Sends the payload from the far end; gives the segments it took there and the frames that arrived here. */
async function transfer(
  link: Network,
  port: number,
): Promise<{ segments: number; again: number; frames: number }> {
  const before = [await link.received(), await tcp(link)] as const
  const sender = ['-e', SENDER, link.addresses?.here ?? '', String(port), String(PAYLOAD)]
  const { code, stderr } = await link.inside(process.execPath, ...sender)
  if (code !== 0) throw new Error(`the sender failed: ${stderr}`)
  const after = [await link.received(), await tcp(link)] as const
  const again = after[1].again - before[1].again
  const segments = after[1].sent - before[1].sent + again
  return { segments, again, frames: after[0].packets - before[0].packets }
}

/** Segments that the namespace sent for the first time and again (RFC 4022: tcpOutSegs, tcpRetransSegs). */
async function tcp(link: Network): Promise<{ sent: number; again: number }> {
  const { stdout } = await link.inside('cat', '/proc/self/net/snmp')
  const [names = [], values = []] = stdout
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '))
  const value = (name: string): number => Number(values[names.indexOf(name)])
  return { sent: value('OutSegs'), again: value('RetransSegs') }
}
