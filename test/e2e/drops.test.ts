// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join as path } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadAddon } from '../../src/native/binding.ts'
import { fill, join, u16 } from '../support/bytes.ts'
import { command, must } from '../support/command.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { type Network, network } from '../support/netns.ts'
import { asNobody, type Capability, KERNEL, publicProgram } from '../support/nobody.ts'
import { pcap } from '../support/pcap.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Running, type RunOptions, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? false
const NOWHERE = 9
const SENT = 10_000

/** Sends so many datagrams to a closed port, one after the other. */
const DATAGRAMS = `
  const [address, port, count] = process.argv.slice(1)
  const socket = (await import('node:dgram')).createSocket('udp4')
  for (let i = 0; i < Number(count); i++) {
    await new Promise((sent, failed) => {
      socket.send('x', Number(port), address, (error) => (error ? failed(error) : sent()))
    })
  }
  socket.close()
`

async function knock(namespace: string, address: string, count: number): Promise<void> {
  const script = ['--input-type=module', '-e', DATAGRAMS, address, String(NOWHERE), String(count)]
  await must('nsenter', `--net=/run/netns/${namespace}`, process.execPath, ...script)
}

async function knocked(link: Network, count = SENT): Promise<void> {
  await knock(link.namespace, link.addresses?.here ?? '', count)
}

function reason(scrape: Scrape, name: string): number {
  return sample(scrape, 'pktspot_kernel_dropped_packets_total', { reason: name }) ?? 0
}

function droppedAt(scrape: Scrape, { here }: Network): number | undefined {
  return sample(scrape, 'pktspot_dropped_packets_total', { interface: here })
}

/** Waits up to three seconds for drops at a link; gives a scrape with them, or the last one. */
async function droppedTo(running: Running, link: Network, count: number): Promise<Scrape> {
  for (const end = Date.now() + 3000; ; await sleep(50)) {
    const scrape = await running.scrape()
    if ((droppedAt(scrape, link) ?? count) >= count || Date.now() > end) return scrape
  }
}

function counting(t: Test, link: Network, options: RunOptions = {}): Promise<Running> {
  return startRun(t, ['-i', link.here, '--log-level', 'info'], options)
}

t.test(
  '10,000 datagrams to a closed port are so many drops, with their reason',
  { skip },
  async (t) => {
    const link = await network(t, { addressed: true })
    await knocked(link, 1)
    const running = await counting(t, link)
    const before = await running.scrape()
    t.equal(sample(before, 'pktspot_kernel_drops_up'), 1)
    t.equal(droppedAt(before, link), 0, 'a drop before the start is not counted')
    /* the first window is cut short, and says nothing */
    await sleep(1200)
    await knocked(link)
    const after = await droppedTo(running, link, SENT)
    t.equal(droppedAt(after, link), SENT, 'at the interface')
    t.equal(reason(after, 'NO_SOCKET') - reason(before, 'NO_SOCKET'), SENT, 'on the quiet host')
    const of = { interface: link.here, statistic: 'DROP_RATE', window: '1' }
    await sleep(2200)
    const later = await running.scrape()
    const most = sample(later, 'pktspot_statistic_recent_max', of) ?? 0
    t.ok(most > 0 && most <= 1.2 * SENT, `windows have it: at most ${most} a second`)
  },
)

t.test(
  'frames that nothing takes are told by the interface and by the kernel',
  { skip },
  async (t) => {
    const link = await network(t)
    const running = await counting(t, link)
    const label = { interface: link.here }
    const own = async (): Promise<number> => {
      const name = 'pktspot_receive_interface_dropped_packets_total'
      return sample(await running.scrape(), name, label) ?? Number.NaN
    }
    const before = [await own(), reason(await running.scrape(), 'UNHANDLED_PROTO')] as const
    /* an EtherType for local experiments (RFC 9542), to everybody */
    const data = join(fill(6, 0xff), fill(6, 2), u16(0x88b5), fill(46, 0))
    const file = path(t.testdir({}), 'unknown.pcap')
    await writeFile(file, pcap(Array.from({ length: 500 }, () => ({ at: 0n, data }))))
    t.equal((await link.send(file)).packets, 500)
    const after = await droppedTo(running, link, 500)
    t.equal(droppedAt(after, link), 500)
    t.ok(reason(after, 'UNHANDLED_PROTO') - before[1] >= 500)
    t.equal((await own()) - before[0], 500)
    const shown = await must('ip', '-json', '-statistics', 'link', 'show', link.here)
    const [{ stats64 } = { stats64: { rx: { dropped: -1 } } }] = JSON.parse(shown) as {
      stats64: { rx: { dropped: number } }
    }[]
    t.equal(stats64.rx.dropped, await own(), 'as ip(8) shows it')
    t.ok((sample(after, 'pktspot_softnet_times_squeezed_total') ?? -1) >= 0)
    t.ok((sample(after, 'pktspot_softnet_dropped_packets_total') ?? -1) >= 0)
  },
)

t.test('an interface of the same index in another namespace is not ours', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const index = loadAddon().interfaceIndex(link.here)
  const tag = randomBytes(3).toString('hex')
  const other = `pktspot-${tag}`
  await must('ip', 'netns', 'add', other)
  t.teardown(() => must('ip', 'netns', 'delete', other))
  const twin = ['index', String(index), 'type', 'veth', 'peer', 'name', `ps${tag}p`]
  const added = ['link', 'add', `ps${tag}t`, ...twin, 'netns', link.namespace]
  await must('ip', '-n', other, ...added)
  await must('ip', '-n', other, 'address', 'add', '10.204.7.1/24', 'dev', `ps${tag}t`)
  await must('ip', '-n', other, 'link', 'set', `ps${tag}t`, 'up')
  await must('ip', '-n', link.namespace, 'address', 'add', '10.204.7.2/24', 'dev', `ps${tag}p`)
  await must('ip', '-n', link.namespace, 'link', 'set', `ps${tag}p`, 'up')
  const running = await counting(t, link)
  const before = reason(await running.scrape(), 'NO_SOCKET')
  await knock(link.namespace, '10.204.7.1', 300)
  await knocked(link, 20)
  const after = await droppedTo(running, link, 20)
  t.ok(reason(after, 'NO_SOCKET') - before >= 320, 'the host has them all')
  t.equal(droppedAt(after, link), 20, 'the interface its own')
})

t.test('an interface that comes back goes on from its drops', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const running = await counting(t, link, { env: { PKTSPOT_WEB_RELOAD: 'true' } })
  await knocked(link, 30)
  t.equal(droppedAt(await droppedTo(running, link, 30), link), 30)
  await must('ip', 'link', 'delete', link.here)
  await sleep(1500)
  const peer = ['peer', 'name', link.there, 'netns', link.namespace]
  await must('ip', 'link', 'add', link.here, 'type', 'veth', ...peer)
  await must('sysctl', '-qw', `net.ipv6.conf.${link.here}.disable_ipv6=1`)
  await must('ip', 'address', 'add', `${link.addresses?.here}/24`, 'dev', link.here)
  await must('ip', 'link', 'set', link.here, 'up')
  const there = ['address', 'add', `${link.addresses?.there}/24`, 'dev', link.there]
  await must('ip', '-n', link.namespace, ...there)
  await must('ip', '-n', link.namespace, 'link', 'set', link.there, 'up')
  for (const end = Date.now() + 8000; Date.now() < end; await sleep(100)) {
    const up = sample(await running.scrape(), 'pktspot_source_up', { interface: link.here })
    const seen = sample(await running.scrape(), 'pktspot_source_reattachments_total') ?? 0
    if (up === 1 && seen > 0) break
  }
  await knocked(link, 12)
  t.equal(droppedAt(await droppedTo(running, link, 42), link), 42)
})

t.test('nothing of it remains', { skip }, async (t) => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const link = await network(t)
    const before = await bpfObjects()
    const running = await counting(t, link)
    const held = [...(await bpfObjects())].filter((object) => !before.has(object)).join('\n')
    t.match(held, /^prog \d+ raw_tracepoint pktspot/m)
    t.match(held, /^map \d+ array pktspot_drops/m)
    t.match(held, /^link \d+ raw_tracepoint/m)
    await running.stop(signal)
    const ours = (await leftovers(before)).filter((object) => /raw_tracepoint|_drop/.test(object))
    t.same(ours, [], signal)
  }
})

t.test('switched off, nothing is told of drops and nothing is loaded', { skip }, async (t) => {
  const link = await network(t)
  const before = await bpfObjects()
  const running = await counting(t, link, { env: { PKTSPOT_DROPS_ENABLED: 'false' } })
  const mine = [...(await bpfObjects())].filter((object) => !before.has(object))
  t.notMatch(mine.join('\n'), /map \d+ array pktspot_drops/)
  const series = [...(await running.scrape()).keys()].join('\n')
  t.notMatch(series, /drop|softnet|receive_interface|DROP_RATE/)
  t.notMatch(running.log.join('\n'), /drops/)
})

const main = skip ? '' : path(await publicProgram(t), 'main.js')

t.test(`nobody with ${KERNEL} has all of it`, { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const running = await counting(t, link, { prefix: asNobody(KERNEL), main })
  await knocked(link, 100)
  const scrape = await droppedTo(running, link, 100)
  t.equal(droppedAt(scrape, link), 100)
  t.equal(sample(scrape, 'pktspot_kernel_drops_up'), 1)
})

const tooFew: readonly (readonly [readonly Capability[], string])[] = [
  [['net_raw'], 'CAP_BPF and CAP_PERFMON'],
  [['net_raw', 'bpf', 'net_admin'], 'CAP_PERFMON'],
]

for (const [capabilities, lacking] of tooFew) {
  t.test(
    `with ${capabilities} one line names ${lacking}, the rest goes on`,
    { skip },
    async (t) => {
      const link = await network(t, { addressed: true })
      const running = await counting(t, link, { prefix: asNobody(capabilities), main })
      const lines = running.log.filter((line) => line.includes('drops'))
      t.equal(lines.length, 1)
      t.match(lines[0], `kernel drops are not counted: needs ${lacking}"`)
      await knocked(link, 10)
      const scrape = await running.scrape()
      t.equal(sample(scrape, 'pktspot_kernel_drops_up'), 0)
      t.equal(droppedAt(scrape, link), undefined)
      const series = [...scrape.keys()].join('\n')
      t.notMatch(series, /kernel_dropped_packets|DROP_RATE/)
      t.match(series, `pktspot_receive_interface_dropped_packets_total{interface="${link.here}"}`)
      t.match(series, 'pktspot_softnet_dropped_packets_total')
    },
  )
}

t.test(
  'without BPF or rights a statistic of drops is left out, never an error',
  { skip },
  async (t) => {
    const link = await network(t)
    const settings = path(main, '../own.yaml')
    await writeFile(settings, 'user_statistics: [{ name: R_DROP, expr: DROPPED / PKTS }]\n')
    t.match(await must(process.execPath, main, 'check', settings), 'good')
    const options = { prefix: asNobody(['net_raw']), main }
    const args = ['-i', link.here, '-c', settings]
    const running = await startRun(t, args, options)
    t.notMatch([...(await running.scrape()).keys()].join('\n'), /R_DROP/)
    const all = await startRun(t, args)
    t.match([...(await all.scrape()).keys()].join('\n'), /R_DROP/)
    const replay = [main, 'replay', '--totals', '-c', settings, '-']
    const input = pcap([{ at: 0n, data: fill(60, 0) }])
    const replayed = await command(process.execPath, replay, { input })
    t.equal(replayed.code, 0, replayed.stderr)
    t.notMatch(replayed.stdout, 'DROPPED')
  },
)
