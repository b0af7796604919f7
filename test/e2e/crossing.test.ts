// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import type { Source } from '../../src/capture/source.ts'
import { command } from '../support/command.ts'
import { usualModes } from '../support/modes.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Sums, settled, sourceSums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const PING = ['-q', '-i', '0.01', '-W', '2'] as const

const PAYLOAD = 8_000_000
const ETHERNET = 14
const ARP = ETHERNET + 28
/* IPv4 and TCP with the timestamps option, padded, that every segment carries */
const HEADERS = 20 + 20 + 12
/* a SYN has eight bytes more: MSS, SACK permitted and window scale share the padding */
const SYN_MORE = 8

async function open(t: Test, device: string, mode: LiveMode): Promise<Source> {
  const { source } = await openInterface(device, { source: mode, budgetBytes: 32 * 2 ** 20 })
  t.equal(source.mode, mode)
  return source
}

for (const mode of usualModes) {
  t.test(`${mode} lets every ping through and counts it`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    const { here = '', there = '' } = link.addresses ?? {}
    await using source = await open(t, link.here, mode)
    const [asked, answered] = await Promise.all([
      link.inside('ping', ...PING, '-c', '100', here),
      command('ping', [...PING, '-c', '90', there]),
    ])
    t.match(asked.stdout, '100 received, 0% packet loss')
    t.match(answered.stdout, '90 received, 0% packet loss')
    const { ECHO_REQUEST, ECHO_REPLY, ICMP } = await settled(() => sourceSums(source), 190)
    t.same({ ECHO_REQUEST, ECHO_REPLY, ICMP }, { ECHO_REQUEST: 100, ECHO_REPLY: 90, ICMP: 190 })
  })
}

for (const mode of usualModes) {
  t.test(`${mode} counts every byte of jumbo frames and lets them through`, { skip }, async (t) => {
    const link = await network(t, { addressed: true, mtu: 9000 })
    await using source = await open(t, link.here, mode)
    const jumbo = ['-c', '20', '-s', '8900', '-M', 'do'] as const
    const { stdout } = await link.inside('ping', ...PING, ...jumbo, link.addresses?.here ?? '')
    t.match(stdout, '20 received, 0% packet loss')
    const { ICMP, IP_BYTES, BYTES, ARP: asked = 0 } = await settled(() => sourceSums(source), 20)
    const bytes = 20 * (20 + 8 + 8900)
    t.same({ ICMP, IP_BYTES }, { ICMP: 20, IP_BYTES: bytes })
    t.equal(BYTES, bytes + 20 * ETHERNET + asked * ARP)
    t.equal(sourceSums(source)['SIZES 9216'], 20)
  })
}

for (const mode of usualModes.filter((each) => each !== 'xdp-generic')) {
  t.test(`${mode} counts the segments of a transfer as on the wire`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    await using source = await open(t, link.here, mode)
    const { before, segments, frames } = await cleanTransfer(t, link, source)
    const after = await settled(() => sourceSums(source), (before['PKTS'] ?? 0) + segments)
    const grown = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0)
    const ipBytes = PAYLOAD + segments * HEADERS + SYN_MORE
    t.equal(grown('TCP'), segments)
    t.equal(grown('SYN_ONLY'), 1)
    t.equal(grown('IP_BYTES'), ipBytes)
    t.equal(grown('PKTS'), segments + grown('ARP'))
    t.equal(grown('BYTES'), ipBytes + segments * ETHERNET + grown('ARP') * ARP)
    /* native XDP has the other end cut its trains before they cross */
    if (mode !== 'xdp') t.ok(frames < segments / 4, `${frames} trains of ${segments} segments`)
  })
}

t.test('xdp-generic counts a train of segments as the one frame it is', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  await using source = await open(t, link.here, 'xdp-generic')
  const { before, frames } = await cleanTransfer(t, link, source)
  const after = await settled(() => sourceSums(source), (before['PKTS'] ?? 0) + frames)
  t.equal((after['PKTS'] ?? 0) - (before['PKTS'] ?? 0), frames)
})

interface Transfer {
  /** What was counted before it began. */
  readonly before: Sums
  /** Segments that the sender sent. */
  readonly segments: number
  /** Frames that arrived, each perhaps a train of segments. */
  readonly frames: number
}

/** Transfers the payload from the far end, again if a segment had to be sent twice. */
async function cleanTransfer(t: Test, link: Network, source: Source): Promise<Transfer> {
  const port = await receiver(t)
  /* no probe for a loss that is only a busy machine */
  await link.inside('sysctl', '-qw', 'net.ipv4.tcp_early_retrans=0')
  for (let attempt = 1; ; attempt++) {
    const before = sourceSums(source)
    const [frames, sent] = [await link.received(), await tcpSent(link)]
    const sender = ['-e', SENDER, link.addresses?.here ?? '', String(port), String(PAYLOAD)]
    const { code, stderr } = await link.inside(process.execPath, ...sender)
    if (code !== 0) throw new Error(`the sender failed: ${stderr}`)
    const [framesAfter, sentAfter] = [await link.received(), await tcpSent(link)]
    if (sentAfter.again === sent.again || attempt === 5) {
      const segments = sentAfter.segments - sent.segments
      return { before, segments, frames: framesAfter.packets - frames.packets }
    }
    await sleep(200)
  }
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

/** Segments that the namespace sent, and those of them sent again (RFC 4022: tcpOutSegs, tcpRetransSegs). */
async function tcpSent(link: Network): Promise<{ segments: number; again: number }> {
  const { stdout } = await link.inside('cat', '/proc/self/net/snmp')
  const [names = [], values = []] = stdout
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '))
  const value = (name: string): number => Number(values[names.indexOf(name)])
  /* Linux counts those sent again apart */
  const again = value('RetransSegs')
  return { segments: value('OutSegs') + again, again }
}
