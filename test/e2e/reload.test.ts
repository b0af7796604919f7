// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { must } from '../support/command.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)

const GROUP = {
  control: {
    guid: '{5A1E7B60-1111-4222-8333-123456789009}',
    name: 'by_source',
    description: 'Sources',
    bucketsize: 2,
  },
  key: { fields: ['ip.src'] },
  meters: [[0, 'COUNTER', 5, 0, 'Packets', 'packets', 'Pkts']],
  limits: { tracked: 1024, max_series: 8 },
}

/** BPF_MAP_TYPE_PROG_ARRAY of linux/bpf.h. */
const PROG_ARRAY = '3'

/** Settings as the tests begin with them. */
const BASE = {
  spot: { n_init: 50, false_alarms_per_day: 100 },
  user_statistics: [{ name: 'KEPT', expr: 'PKTS + seconds' }],
  counter_groups: [GROUP],
  web: { reload: true },
}

interface Reloading {
  readonly link: Network
  readonly running: Running
  /** Writes the settings file; JSON is YAML. */
  write(settings: object | string): Promise<void>
  post(): Promise<{ status: number; text: string }>
  hangUp(): Promise<void>
}

async function reloading(t: Test): Promise<Reloading> {
  const link = await network(t)
  const file = join(t.testdir(), 'c.yaml')
  const write = (settings: object | string): Promise<void> =>
    writeFile(file, typeof settings === 'string' ? settings : JSON.stringify(settings))
  await write(BASE)
  const running = await startRun(t, ['-i', link.here, '-c', file])
  const reloads = (): number =>
    running.log.filter((line) => /settings (?:not )?reloaded/.test(line)).length
  return {
    link,
    running,
    write,
    async post() {
      const response = await fetch(`http://${running.address}/-/reload`, { method: 'POST' })
      return { status: response.status, text: await response.text() }
    },
    async hangUp() {
      const before = reloads()
      process.kill(running.pid, 'SIGHUP')
      for (let i = 0; i < 200 && reloads() === before; i++) await sleep(20)
    },
  }
}

function statistic(scrape: Scrape, name: string, metric = 'windows_total'): number | undefined {
  const labels = { statistic: name, window: '1' }
  return sample(scrape, `pktspot_statistic_${metric}`, labels)
}

/** What the group's series add up to, and its total. */
function grouped(scrape: Scrape): { sum: number; all: number } {
  const series = [...scrape].filter(([name]) => name.startsWith('pktspot_by_source_packets_total{'))
  const all = sample(scrape, 'pktspot_by_source_packets_all_total') ?? Number.NaN
  return { sum: series.reduce((sum, [, value]) => sum + value, 0), all }
}

t.test('SIGHUP and POST put settings in force under traffic', { skip }, async (t) => {
  const { link, running, write, post, hangUp } = await reloading(t)
  const sending = link.send(FIXTURE, { loop: 12, perSecond: 1000 })
  await sleep(1500)
  const before = await running.scrape()
  const added = { name: 'ADDED', expr: 'SYN + 1' }
  await write({
    ...BASE,
    user_statistics: [...BASE.user_statistics, added],
    counter_groups: [{ ...GROUP, meters: [[0, 'COUNTER', 3, 0, 'Packets', 'packets', 'Pkts']] }],
    log: { level: 'debug' },
    period: 2,
  })
  await hangUp()
  const log = running.log.join('\n')
  t.match(log, 'period changed: takes effect at the next start')
  t.match(log, 'settings reloaded: user_statistics, counter_groups, log.level changed')
  const after = await running.scrape()
  t.ok(after.has(`pktspot_statistic_value{interface="${link.here}",statistic="ADDED",window="1"}`))
  t.equal(sample(after, 'pktspot_config_last_reload_successful'), 1)
  t.ok(grouped(after).all >= grouped(before).all, 'the group goes on')
  await sleep(2200)
  const later = await running.scrape()
  const [young, old] = ['ADDED', 'KEPT'].map((name) => Number(statistic(later, name)))
  t.ok(young && young >= 1 && young < Number(old), `${young} windows, of ${old}`)
  t.equal(statistic(later, 'PKTS_RATE'), old, 'none is left out')
  await write({ ...BASE, user_statistics: [added] })
  t.same(await post(), { status: 200, text: 'reloaded\n' })
  const last = await running.scrape()
  t.equal(statistic(last, 'KEPT'), undefined, 'series of a removed one end')
  t.ok(Number(statistic(last, 'ADDED')) >= Number(statistic(later, 'ADDED')))
  const { packets } = await sending
  await sleep(100)
  const end = await running.scrape()
  t.equal(sample(end, 'pktspot_receive_packets_total'), packets)
  t.equal(grouped(end).sum, grouped(end).all, 'the series add up to the total')
  t.ok(grouped(end).all >= grouped(later).all)
})

t.test('a wrong file leaves all as it was, and says so', { skip }, async (t) => {
  const { link, running, write, post, hangUp } = await reloading(t)
  const successful = async () =>
    sample(await running.scrape(), 'pktspot_config_last_reload_successful')
  t.equal(await successful(), 1, 'the start counts')
  await write('spot: { q: 3 }\nuser_statistics: [{ name: A, expr: TCPP }]\n')
  const { status, text } = await post()
  t.equal(status, 500)
  t.match(text, /^not reloaded: .*spot\.q: got 3.*\n.*no counter is named TCPP/)
  await hangUp()
  t.equal(await successful(), 0)
  const errors = running.log
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ level }) => level === 50)
  t.match(errors.slice(0, 2), [{ msg: /spot\.q: got 3/ }, { msg: /TCPP/ }])
  t.equal(errors.length, 4, 'one line a mistake')
  const { packets } = await link.send(FIXTURE, { perSecond: 5000 })
  await sleep(1200)
  const scrape = await running.scrape()
  t.equal(sample(scrape, 'pktspot_receive_packets_total'), packets)
  t.equal(grouped(scrape).all > 0, true)
  t.ok(Number(statistic(scrape, 'KEPT')) > 0)
  await write(BASE)
  await hangUp()
  t.equal(await successful(), 1, 'mended')
})

t.test('groups that do not fit leave those before counting', { skip }, async (t) => {
  const { link, running, write, post } = await reloading(t)
  const many = Array.from({ length: 16 }, (_, at) => ({
    ...GROUP,
    control: {
      ...GROUP.control,
      guid: `{5A1E7B60-1111-4222-8333-1234567891${10 + at}}`,
      name: `more_${at}`,
    },
  }))
  await link.send(FIXTURE, { perSecond: 5000 })
  const before = grouped(await running.scrape())
  await write({ ...BASE, counter_groups: many })
  const { status, text } = await post()
  t.equal(status, 500)
  t.match(text, '16 counter groups are counted already')
  t.same(grouped(await running.scrape()), before, 'with what they had counted')
  await link.send(FIXTURE, { perSecond: 5000 })
  t.same(grouped(await running.scrape()).all, 2 * before.all)
})

t.test(
  '50 reloads while traffic flows lose nothing and leave nothing behind',
  { skip, timeout: 120_000 },
  async (t) => {
    const { link, running, write, post, hangUp } = await reloading(t)
    const settings = (at: number): object => ({
      ...BASE,
      spot: { ...BASE.spot, false_alarms_per_day: 50 + (at % 2) },
      user_statistics: [...BASE.user_statistics, { name: `S${at % 3}`, expr: `SYN + ${at}` }],
      counter_groups: at % 2 === 0 ? [GROUP, '!dst_port'] : [GROUP],
      log: { level: 'info', format: at % 2 === 0 ? 'json' : 'auto' },
    })
    const sending = send?.(link, { rate: 20_000, seconds: 14, keys: 50 })
    await sleep(1500)
    const begun = await running.scrape()
    let first = await heldBy(running.pid)
    t.ok(first.maps > 0 && first.programs > 0 && first.called > 0, JSON.stringify(first))
    let memory = 0
    for (let at = 0; at < 50; at++) {
      await write(settings(at))
      if (at % 5 === 4) await hangUp()
      else t.equal((await post()).status, 200)
      await sleep(50)
      if (at === 9) first = await heldBy(running.pid)
      if (at === 19) memory = residentOf(running.pid)
    }
    t.same(
      await heldBy(running.pid),
      first,
      'descriptors, maps and programs are as many as after ten',
    )
    const grown = residentOf(running.pid) - memory
    t.ok(grown < 32 * 2 ** 20, `${Math.round(grown / 2 ** 10)} KiB more than after twenty`)
    const packets = (await sending)?.packets
    t.ok(packets)
    await sleep(1200)
    const end = await running.scrape()
    t.equal(sample(end, 'pktspot_receive_packets_total'), packets, 'every packet is counted once')
    t.same(grouped(end), { sum: packets, all: packets }, 'in the group, too, in one series each')
    const windows = Number(statistic(end, 'KEPT')) - Number(statistic(begun, 'KEPT'))
    t.equal(windows, Number(statistic(end, 'PKTS_RATE')) - Number(statistic(begun, 'PKTS_RATE')))
    t.equal(
      statistic(end, 'KEPT', 'calibration_ratio'),
      statistic(end, 'PKTS_RATE', 'calibration_ratio'),
    )
    const response = await running.get('/api/v1/statistics/KEPT?window=1')
    const { statistics } = (await response.json()) as {
      statistics: { n: number; windows: number }[]
    }
    const [{ n = 0, windows: published = 0 } = {}] = statistics
    /* the first window after the start is cut short, and says nothing unless it is long enough */
    t.ok(published - n <= 1, 'its detector has seen every window')
  },
)

t.test('SIGHUP ends commands that read no settings again', async (t) => {
  const child = spawn(process.execPath, [program, 'replay', '-'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await sleep(1000)
  child.kill('SIGHUP')
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  t.same({ code, signal }, { code: null, signal: 'SIGHUP' })
})

/** Descriptors of a process, maps and programs of the kernel among them, and programs in its tables for tail calls. */
async function heldBy(pid: number) {
  const folder = `/proc/${pid}/fd`
  const links = readdirSync(folder).map((fd) => [fd, readlinkSync(join(folder, fd))] as const)
  const of = (kind: string) => links.filter(([, link]) => link === `anon_inode:bpf-${kind}`)
  let called = 0
  for (const [fd] of of('map')) {
    const told = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\d+)$`, 'm').exec(told)?.[1] ?? ''
    if (field('map_type') !== PROG_ARRAY) continue
    const entries = JSON.parse(await must('bpftool', '-j', 'map', 'dump', 'id', field('map_id')))
    called += (entries as { value?: unknown }[]).filter(({ value }) => Array.isArray(value)).length
  }
  return {
    descriptors: links.length,
    maps: of('map').length,
    programs: of('prog').length,
    called,
  }
}

function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024
}
