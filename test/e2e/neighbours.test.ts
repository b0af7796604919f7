// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { must } from '../support/command.ts'
import { dropByClsact, dropByTcx, foreignXdp, missingTools } from '../support/foreign.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { totals } from '../support/replay.ts'
import { packageRoot } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? (await missingTools('clang', 'gcc', 'tc')) ?? false
const fixture = join(packageRoot, 'test/fixtures/all.pcap')

/** Value of a counter of ours; the packet counts of the last milliseconds may come late. */
async function counted(running: Running, metric: string, expected: number): Promise<number> {
  for (let tries = 0; ; tries++) {
    const value = sample(await running.scrape(), metric) ?? Number.NaN
    if (value === expected || tries === 20) return value
    await sleep(50)
  }
}

/** Counters that need every header, by what their metrics are called. */
const SEEN = [
  ['bytes', 'BYTES'],
  ['broadcast_packets', 'BROADCAST'],
  ['multicast_packets', 'MULTICAST'],
  ['arp_packets', 'ARP'],
  ['vlan_packets', 'VLAN'],
  ['ip4_bytes', 'IP4_BYTES'],
  ['ip6_bytes', 'IP6_BYTES'],
  ['tcp_packets', 'TCP'],
  ['udp_packets', 'UDP'],
  ['syn_packets', 'SYN'],
] as const

for (const mode of ['xdpgeneric', 'xdpdrv'] as const) {
  t.test(
    `a foreign ${mode} program stays attached and both count every frame`,
    { skip },
    async (t) => {
      const link = await network(t)
      const foreign = await foreignXdp(t, link.here, mode)
      const before = await foreign.id()
      const running = await startRun(t, ['-i', link.here, '--source', 'xdp'])

      const said = running.log.filter((line) => line.includes('counting packets'))
      t.equal(said.length, 1, 'one log line says why')
      t.match(said[0], /by tcx \(xdp: another program is attached there and stays; xdp-generic: /)
      const info = { interface: link.here, mode: 'tcx' }
      t.equal(sample(await running.scrape(), 'pktspot_source_info', info), 1)

      /* slowly: the ring of a veth with a native program holds 256 frames */
      const { packets } = await link.send(fixture, { loop: 4, perSecond: 4000 })
      t.ok(packets > 2000)
      t.equal(await counted(running, 'pktspot_receive_packets_total', packets), packets)
      t.equal(await foreign.count(), packets)
      const [row] = (await totals([fixture])).rows
      const scraped = await running.scrape()
      for (const [metric, name] of SEEN) {
        t.equal(
          sample(scraped, `pktspot_receive_${metric}_total`),
          4 * (row?.counters[name] ?? -1),
          name,
        )
      }
      t.same(await running.stop(), { code: 0, signal: null })
      t.type(before, 'number')
      t.equal(await foreign.id(), before, 'the same program is still there')
      const more = await link.send(fixture, { perSecond: 4000 })
      t.equal(await foreign.count(), packets + more.packets, 'and goes on counting')
    },
  )
}

/** Sends 20 echo requests to our end; gives how many were answered. */
async function answered(link: Network): Promise<number> {
  const { stdout } = await link.inside(
    'ping',
    ...['-c', '20', '-i', '0.01', '-W', '1', '-q', link.addresses?.here ?? ''],
  )
  const found = /^20 packets transmitted, (\d+) received/m.exec(stdout)
  if (!found) throw new Error(`ping: ${stdout}`)
  return Number(found[1])
}

/** A link whose far end need not ask for our hardware address: an answer would be dropped too. */
async function pingable(t: Test): Promise<Network> {
  const link = await network(t, { addressed: true })
  const shown = await must('ip', '-json', 'link', 'show', 'dev', link.here)
  const [{ address = '' } = {}] = JSON.parse(shown) as { address?: string }[]
  const neighbour = [link.addresses?.here ?? '', 'lladdr', address, 'dev', link.there]
  const set = await link.inside('ip', 'neighbour', 'replace', ...neighbour, 'nud', 'permanent')
  t.equal(set.code, 0)
  t.equal(await answered(link), 20, 'all are answered before anything is attached')
  return link
}

const REQUESTS = 'pktspot_receive_echo_request_packets_total'

const drops = [
  { what: 'clsact filter', drop: dropByClsact },
  { what: 'foreign tcx program', drop: dropByTcx },
]
for (const { what, drop } of drops) {
  for (const order of ['before', 'after'] as const) {
    t.test(
      `a ${what} attached ${order} ours drops 20 of 20, which ours counts`,
      { skip },
      async (t) => {
        const link = await pingable(t)
        if (order === 'before') await drop(t, link.here)
        const running = await startRun(t, ['-i', link.here, '--source', 'tcx'])
        if (order === 'after') await drop(t, link.here)
        const base = sample(await running.scrape(), REQUESTS)
        t.equal(await answered(link), 0, 'dropped while ours counts')
        t.equal(base, 0)
        t.equal(await counted(running, REQUESTS, 20), 20)
        t.same(await running.stop(), { code: 0, signal: null })
        t.equal(await answered(link), 0, 'dropped when ours is gone')
      },
    )
  }
}

t.test('without a filter every request is answered with ours attached', { skip }, async (t) => {
  const link = await pingable(t)
  const running = await startRun(t, ['-i', link.here, '--source', 'tcx'])
  t.equal(await answered(link), 20)
  t.equal(await counted(running, REQUESTS, 20), 20)
})
