// SPDX-License-Identifier: Apache-2.0
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command, must } from '../support/command.ts'
import { missingCap } from '../support/modes.ts'
import { type Network, network, withoutOffloads } from '../support/netns.ts'
import { asNobody, publicProgram } from '../support/nobody.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'
import { fixtureSums, type Sums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? missingCap() ?? false
const sums = fixtureSums()
const packets = sums['PKTS'] ?? 0

function start(t: Parameters<typeof startRun>[0], { here }: Network): Promise<Running> {
  return startRun(t, ['-i', here, '--source', 'libpcap'])
}

/** Everything that was sent, once it is counted or told to be lost. */
async function accounted(
  running: Running,
  sent: number,
): Promise<{ counted: number; lost: number }> {
  for (const end = Date.now() + 5000; ; await sleep(50)) {
    const scrape = await running.scrape()
    const counted = sample(scrape, 'pktspot_receive_packets_total') ?? Number.NaN
    const lost = sample(scrape, 'pktspot_source_lost_packets_total') ?? Number.NaN
    if (counted + lost >= sent || Date.now() > end) return { counted, lost }
  }
}

t.test('counts 50,000 packets a second exactly', { skip }, async (t) => {
  const link = await network(t)
  /* the slots of the ring are as long as a packet may be: a busy machine needs more of them than fit merged ones */
  await withoutOffloads(link)
  const running = await start(t, link)
  const send = await trafficSender(t)
  const sent = await send(link, { rate: 50_000, seconds: 5 })
  t.same(await accounted(running, sent.packets), { counted: sent.packets, lost: 0 })
  const scrape = await running.scrape()
  t.equal(sample(scrape, 'pktspot_receive_bytes_total'), sent.bytes)
  t.equal(sample(scrape, 'pktspot_source_info', { mode: 'libpcap' }), 1)
})

t.test('tells each packet that it does not count', { skip }, async (t) => {
  const link = await network(t)
  const running = await start(t, link)
  const send = await trafficSender(t)
  const sent = await send(link, { rate: 400_000, seconds: 2 })
  const { counted, lost } = await accounted(running, sent.packets)
  t.equal(counted + lost, sent.packets, `${counted} counted, ${lost} lost`)
})

t.test('tells what is received from what is sent, of both families', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const running = await start(t, link)
  const replay = ['--quiet', '--no-flow-stats', '--pps=5000', '--intf1', link.here]
  await must('tcpreplay', ...replay, FIXTURE)
  await link.send(FIXTURE, { perSecond: 5000 })
  const read = async (): Promise<Sums> => scrapedSums(await running.scrape(), link.here)
  const found = await settled(read, packets)
  const scrape = await running.scrape()
  const info = { interface: link.here, mode: 'libpcap' }
  t.equal(sample(scrape, 'pktspot_transmit_source_info', info), 1)
  for (const name of ['IP4', 'IP6', 'TCP', 'UDP', 'VLAN']) {
    const sent = sample(scrape, `pktspot_transmit_${name.toLowerCase()}_packets_total`)
    t.same([found[name], sent], [sums[name], sums[name]], name)
  }
})

for (const way of ['its name', 'a pattern'])
  t.test(`goes on when an interface by ${way} was down`, { skip }, async (t) => {
    const link = await network(t)
    const pattern = way === 'its name' ? link.here : `${link.here}*`
    const running = await startRun(t, ['-i', pattern, '--source', 'libpcap'])
    const read = async (): Promise<Sums> => scrapedSums(await running.scrape(), link.here)
    const up = async (value: number | undefined): Promise<boolean> => {
      for (const end = Date.now() + 8000; Date.now() < end; await sleep(50)) {
        if (sample(await running.scrape(), 'pktspot_source_up') === value) return true
      }
      return false
    }
    await link.send(FIXTURE, { perSecond: 5000 })
    t.same(await settled(read, packets), sums)
    await must('ip', 'link', 'set', link.here, 'down')
    t.ok(await up(0), 'that it is down is seen')
    await must('ip', 'link', 'set', link.here, 'up')
    t.ok(await up(1), 'and that it is up again')
    await link.send(FIXTURE, { perSecond: 5000 })
    t.same(await settled(read, 2 * packets), fixtureSums(2))
    const warned = running.log.filter((line) => line.includes('Counting goes on when it is back'))
    t.equal(warned.length, 1, 'one line says so')
    t.match(warned[0], `${link.here}: libpcap has stopped capturing`)
    await must('ip', 'link', 'delete', link.here)
    t.ok(await up(way === 'its name' ? 0 : undefined), 'the series of one by a pattern ends')
    t.same(await running.stop(), { code: 0, signal: null })
  })

t.test('goes on after an interface was down as an ordinary user', { skip }, async (t) => {
  const link = await network(t)
  const main = join(await publicProgram(t), 'main.js')
  const prefix = asNobody(['net_raw'])
  const running = await startRun(t, ['-i', link.here, '--source', 'libpcap'], { prefix, main })
  const again = async (): Promise<boolean> => {
    for (const end = Date.now() + 8000; Date.now() < end; await sleep(50)) {
      const scrape = await running.scrape()
      if (sample(scrape, 'pktspot_source_reattachments_total') === 1) return true
    }
    return false
  }
  await must('ip', 'link', 'set', link.here, 'down')
  await sleep(1500)
  await must('ip', 'link', 'set', link.here, 'up')
  t.ok(await again())
  await link.send(FIXTURE, { perSecond: 5000 })
  t.same(await settled(async () => scrapedSums(await running.scrape(), link.here), packets), sums)
})

/** Processes that a process started. */
async function children(pid: number): Promise<string[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return list.trim().split(' ').filter(Boolean)
}

t.test('its process ends with the program, even when that is killed', { skip }, async (t) => {
  const running = await start(t, await network(t))
  const [child = ''] = await children(running.pid)
  t.match(await readFile(`/proc/${child}/cmdline`, 'utf8'), 'libpcap-child.js')
  t.match(await readFile(`/proc/${child}/status`, 'utf8'), /^CapEff:\t0+$/m, 'without capabilities')
  await running.stop('SIGKILL')
  const alive = (): Promise<boolean> =>
    readFile(`/proc/${child}/cmdline`, 'utf8').then(
      (line) => line.includes('libpcap-child.js'),
      () => false,
    )
  for (const end = Date.now() + 5000; Date.now() < end && (await alive()); ) await sleep(20)
  t.notOk(await alive())
})

t.test('refuses an interface that is down in libpcap’s words', { skip }, async (t) => {
  const link = await network(t)
  await must('ip', 'link', 'set', link.here, 'down')
  const args = ['run', '-i', link.here, '--source', 'libpcap']
  const { code, stderr } = await command(process.execPath, [program, ...args])
  t.equal(code, 1)
  t.match(stderr, /packets cannot be counted here: libpcap not opened: .*\bup\b/)
})

t.test(
  'without cap one line says what to install',
  { skip: missingPrivilege() ?? false },
  async (t) => {
    const copy = await publicProgram(t)
    const packages = join(copy, '../node_modules')
    const { here } = await network(t)
    const run = (...args: string[]) => command(process.execPath, [join(copy, 'main.js'), ...args])
    await rm(join(packages, 'cap/build'), { recursive: true, force: true })
    const unbuilt = await run('run', '-i', here, '--source', 'libpcap')
    t.equal(unbuilt.code, 1)
    if (missingCap() === undefined) t.match(unbuilt.stderr, 'npm rebuild cap')
    await rm(join(packages, 'cap'), { recursive: true, force: true })
    const { code, stdout, stderr } = await run('run', '-i', here, '--source', 'libpcap')
    t.same([code, stdout], [1, ''])
    t.match(stderr, /^pktspot: .*: libpcap needs the npm package cap.*npm install cap.*libpcap-dev/)
    t.equal(stderr.trim().split('\n').length, 1)
    const preflight = await run('preflight', '-i', here)
    t.match(preflight.stdout, /libpcap +no +needs the npm package cap/)
    const running = await startRun(t, ['-i', here], { main: join(copy, 'main.js') })
    t.same(await running.stop(), { code: 0, signal: null }, 'all else works')
  },
)
