// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { FAILING, GROUP, pluginText, USUAL } from '../plugins/modules.ts'
import { missingCap } from '../support/modes.ts'
import { network, withoutOffloads } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { type Running, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { countFrames } from '../support/truth.ts'

const skip = missingPrivilege() ?? false
const LOOP = 10

const frames = readCapture(readFileSync(FIXTURE))
const { counters: once } = countFrames(frames)
const DEMO = FIXTURE.replace('all.pcap', 'demo.pcap')
const demo = countFrames(readCapture(readFileSync(DEMO))).counters

/** Scrapes until a counter has its value, or two seconds have passed. */
async function scraped(running: Running, metric: string, value: number): Promise<Scrape> {
  for (let tries = 0; ; tries++) {
    const scrape = await running.scrape()
    if (tries > 20 || sample(scrape, metric, {}) === value) return scrape
    await sleep(100)
  }
}

for (const mode of ['tcx', 'packet-socket', 'xdp-generic', 'libpcap'] as const) {
  const reason = skip || (mode === 'libpcap' && missingCap()) || false
  t.test(`plugins count every packet of two senders with ${mode}`, { skip: reason }, async (t) => {
    const link = await network(t)
    if (mode === 'libpcap') await withoutOffloads(link)
    const folder = t.testdir({
      'c.yaml': 'plugins: [./my.mjs]\nuser_statistics: [{ name: MY_SHARE, expr: MY_SYN / TCP }]\n',
      'my.mjs': pluginText(USUAL, `${GROUP}, ${FAILING}`),
    })
    const args = ['-i', link.here, '-c', join(folder, 'c.yaml'), '--source', mode]
    const running = await startRun(t, args)
    const send = (cpu: number) => link.send(DEMO, { loop: LOOP, cpu, perSecond: 10_000 })
    const sent = await Promise.all([send(0), send(1)])
    const packets = sent.reduce((sum, each) => sum + each.packets, 0)
    t.same(packets, 2 * LOOP * (demo['PKTS'] ?? 0))
    const metric = (name: string) => `pktspot_receive_my_${name}_packets_total`
    const scrape = await scraped(running, metric('frames'), packets)
    const value = (name: string, labels = {}) => sample(scrape, name, labels)
    t.equal(value('pktspot_plugin_missed_packets_total'), 0)
    for (const [name, core] of [
      ['frames', 'PKTS'],
      ['tcp', 'TCP'],
      ['syn', 'SYN'],
      ['arp', 'ARP'],
    ] as const) {
      t.equal(value(metric(name)), 2 * LOOP * (demo[core] ?? 0), name)
    }
    t.equal(value('pktspot_receive_packets_total'), packets)
    const api = (await (await running.get('/api/v1/counters')).json()) as {
      counters: { counters: Record<string, number> }[]
    }
    t.equal(api.counters[0]?.counters['MY_FRAMES'], packets, 'within a window as well')
    const group = { group: 'my_ports' }
    t.ok(value('pktspot_group_info', group) === 1)
    t.equal(value('pktspot_my_ports_segments_packets_all_total'), 2 * LOOP * (demo['TCP'] ?? 0))
    const failing = { plugin: 'my.mjs', name: 'MY_FAILING' }
    t.equal(value('pktspot_plugin_errors_total', failing), 10)
    t.equal(value('pktspot_plugin_disabled', failing), 1)
    t.equal(value('pktspot_plugin_disabled', { plugin: 'my.mjs', name: 'MY_TCP' }), 0)
    const own = mode === 'libpcap' ? mode : 'packet-socket'
    t.equal(value('pktspot_plugin_source_info', { mode: own }), 1)
    const told = (text: string) => running.log.filter((line) => line.includes(text)).length
    t.equal(told('counter MY_FAILING is switched off after 10 errors, the last one: not today'), 1)
    t.equal(told('by a packet socket beside'), mode === own ? 0 : 1)
  })
}

t.test('odd frames reach plugins as they reach the core, window by window', { skip }, async (t) => {
  const link = await network(t)
  const folder = t.testdir({ 'c.yaml': 'plugins: [./my.mjs]\n', 'my.mjs': pluginText(USUAL) })
  const running = await startRun(t, ['-i', link.here, '-c', join(folder, 'c.yaml')])
  for (let round = 1; round <= 3; round++) {
    await link.send(FIXTURE, { perSecond: 5000 })
    const total = 'pktspot_receive_my_frames_packets_total'
    const scrape = await scraped(running, total, round * (once['PKTS'] ?? 0))
    t.equal(sample(scrape, total, {}), round * (once['PKTS'] ?? 0), 'the total outlives resets')
    t.equal(sample(scrape, 'pktspot_receive_my_tcp_packets_total', {}), round * (once['TCP'] ?? 0))
    await sleep(1100)
  }
})

t.test('each interface has counters of its own', { skip }, async (t) => {
  const links = [await network(t), await network(t)]
  const [one, two] = links
  if (!one || !two) return
  const folder = t.testdir({ 'c.yaml': 'plugins: [./my.mjs]\n', 'my.mjs': pluginText(USUAL) })
  const running = await startRun(t, ['-i', one.here, '-i', two.here, '-c', join(folder, 'c.yaml')])
  const { packets } = await one.send(DEMO, { loop: 3, perSecond: 5000 })
  await sleep(300)
  const scrape = await running.scrape()
  const total = (name: string) =>
    sample(scrape, 'pktspot_receive_my_frames_packets_total', { interface: name })
  t.equal(total(one.here), packets)
  t.equal(total(two.here), 0)
})
