// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Dissection, dissect } from '../support/dissect.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { type SentTraffic, type Traffic, trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)

async function sent(link: Network, traffic: Traffic): Promise<SentTraffic> {
  if (!send) throw new Error('no sender')
  return send(link, traffic)
}

/** Sends while tcpdump records our end; gives what each frame holds. */
async function recorded(t: Test, traffic: Traffic): Promise<Dissection[]> {
  const link = await network(t)
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-sent-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'sent.pcap')
  const count = String(traffic.rate * traffic.seconds)
  const options = ['-i', link.here, '-c', count, '-B', '32768', '-Z', 'root', '-w', file]
  const dump = spawn('tcpdump', options, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => dump.kill('SIGKILL'))
  /* it says that it listens */
  await once(dump.stderr, 'data')
  const ended = once(dump, 'exit')
  const { packets } = await sent(link, traffic)
  await ended
  const frames = readCapture(await readFile(file)).map(({ data }) => dissect(data))
  t.equal(frames.length, packets, 'all that was sent is recorded')
  return frames
}

/** How often each source was seen, the most frequent first. */
function bySource(frames: readonly Dissection[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { ip } of frames) {
    if (ip) counts.set(ip.source, (counts.get(ip.source) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)
}

t.test('the sender keeps its rate, and all it sent arrives', { skip }, async (t) => {
  for (const { rate, seconds } of [
    { rate: 500, seconds: 2 },
    { rate: 50_000, seconds: 3 },
  ]) {
    const link = await network(t)
    const sum = await sent(link, { rate, seconds })
    t.equal(sum.packets, rate * seconds)
    t.ok(Math.abs(sum.packets / sum.seconds / rate - 1) < 0.02, `took ${sum.seconds} s`)
    t.same(await link.received(), { packets: sum.packets, bytes: sum.bytes })
  }
})

t.test('sources have their shares of a Zipf distribution', { skip }, async (t) => {
  const traffic = { rate: 40_000, seconds: 1, keys: 1000, exponent: 1.1, seed: 7 }
  const frames = await recorded(t, traffic)
  t.ok(frames.some(({ ip }) => ip?.l4 === 'tcp') && frames.some(({ ip }) => ip?.l4 === 'udp'))
  const counts = bySource(frames)
  t.same(
    counts.slice(0, 3).map(([source]) => source),
    ['0a000000', '0a000001', '0a000002'],
  )
  const total = Array.from({ length: 1000 }, (_, rank) => (rank + 1) ** -1.1)
  const share = 1 / total.reduce((sum, one) => sum + one)
  t.ok(Math.abs((counts[0]?.[1] ?? 0) / frames.length / share - 1) < 0.05, 'the first')
})

t.test('the most popular source changes with time', { skip }, async (t) => {
  const traffic = { rate: 10_000, seconds: 2, keys: 100, exponent: 1.5, churnSeconds: 0.5 }
  const frames = await recorded(t, traffic)
  const quarter = frames.length / 4
  const first = [0, 1, 2, 3].map((at) => {
    const [most] = bySource(frames.slice(at * quarter, (at + 1) * quarter))
    return most?.[0]
  })
  t.same(first, ['0a000000', '0a000001', '0a000002', '0a000003'])
})

t.test('in a flood no source comes twice', { skip }, async (t) => {
  const frames = await recorded(t, { rate: 50_000, seconds: 1, flood: true })
  t.equal(bySource(frames).length, frames.length)
})
