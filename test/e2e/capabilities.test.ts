// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command, must } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { asNobody, type Capability, KERNEL, publicProgram } from '../support/nobody.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { parseScrape, type Scrape, sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'
import { fixtureSums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const main = skip ? '' : join(await publicProgram(t), 'main.js')
const send = skip ? undefined : await trafficSender(t)

/** Bits of linux/capability.h. */
const BITS = { net_admin: 12, net_raw: 13, sys_admin: 21, perfmon: 38, bpf: 39 } as const
/** What stood for BPF and PERFMON before Linux 5.8, and does where runtimes do not know them. */
const OLD = ['net_admin', 'sys_admin'] as const
const RELOAD = { PKTSPOT_WEB_RELOAD: 'true' }
const FIELDS = ['CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs'] as const
/** The user alice, whose password is fakepassword. */
const HASH = '$2b$04$1N05bCln.5mWpbAV2ubR2OzqF6xddCe6GqM9ZXycoT765n/fy5ONe'

function mask(capabilities: readonly Capability[]): string {
  const bits = capabilities.reduce((sum, name) => sum | (1n << BigInt(BITS[name])), 0n)
  return bits.toString(16).padStart(16, '0')
}

/** What threads have whose permitted and effective capabilities are these, and which have nothing else. */
function only(capabilities: readonly Capability[]): Readonly<Record<string, string>> {
  const none = mask([])
  const left = mask(capabilities)
  return { CapInh: none, CapPrm: left, CapEff: left, CapAmb: none, NoNewPrivs: '1' }
}

/** The same fields of every thread of a process (proc(5)). */
function threads(pid: number): Readonly<Record<string, string>>[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)$`, 'm').exec(status)?.[1] ?? ''
    return Object.fromEntries(FIELDS.map((name) => [name, field(name)]))
  })
}

function checkThreads(t: Test, { pid }: Running, kept: readonly Capability[]): void {
  const all = threads(pid)
  t.ok(all.length >= 10, `${all.length} threads`)
  for (const each of all) t.same(each, only(kept))
}

async function settingsFile(t: Test, settings: object): Promise<string> {
  const file = join(t.testdir(), 'settings.yml')
  await writeFile(file, JSON.stringify(settings))
  return file
}

const cases = [
  { mode: 'tcx', as: 'root', env: {}, kept: [] },
  { mode: 'tcx', as: KERNEL, env: {}, kept: [] },
  { mode: 'tcx', as: 'root', env: RELOAD, kept: KERNEL },
  { mode: 'xdp-generic', as: KERNEL, env: RELOAD, kept: KERNEL },
  { mode: 'tcx', as: OLD, env: RELOAD, kept: OLD },
  { mode: 'packet-socket', as: 'root', env: {}, kept: [] },
  { mode: 'packet-socket', as: 'root', env: RELOAD, kept: ['net_raw'] },
  { mode: 'packet-socket', as: ['net_raw'], env: RELOAD, kept: ['net_raw'] },
] as const

for (const { mode, as, env, kept } of cases) {
  const who = as === 'root' ? 'root' : `nobody with ${as.join(', ')}`
  const why = env === RELOAD ? ', to be reloaded' : ''
  t.test(`${mode} as ${who}${why} keeps ${kept.join(', ') || 'nothing'}`, { skip }, async (t) => {
    const link = await network(t)
    const prefix = as === 'root' ? [] : asNobody(as)
    const running = await startRun(t, ['-i', link.here, '--source', mode], { prefix, main, env })
    checkThreads(t, running, kept)
    const { packets } = await link.send(FIXTURE)
    const read = async () => scrapedSums(await running.scrape(), link.here)
    t.same(await settled(read, packets), fixtureSums(), 'counting goes on')
    checkThreads(t, running, kept)
    const told = running.log.filter((line) => /capabilit/.test(line))
    t.equal(told.length, 1, 'one line says so')
    t.match(told[0], kept.length > 0 ? 'for web.reload' : 'no capability is kept')
  })
}

t.test('a pattern keeps what interfaces that come later take', { skip }, async (t) => {
  const { here } = await network(t)
  const pattern = `${here.slice(0, -1)}?`
  const running = await startRun(t, ['-i', pattern])
  checkThreads(t, running, KERNEL)
  t.match(running.log.join('\n'), `for interfaces ${pattern}`)
})

t.test('all goes on without them in busy threads of every kind', { skip }, async (t) => {
  const link = await network(t)
  const folder = t.testdir({ 'web.yml': '{}' })
  const [web, file] = [join(folder, 'web.yml'), join(folder, 'settings.yml')]
  const counters = [{ name: 'SMALL', help: 'Small frames', layer: 'PKT', filter: 'less 100' }]
  await writeFile(file, JSON.stringify({ counters, state: { interval: '1s' } }))
  const args = ['-i', link.here, '-c', file, '--web.config.file', web]
  const running = await startRun(t, args)
  await writeFile(web, JSON.stringify({ basic_auth_users: { alice: HASH } }))
  let at = 0
  const ask = async (): Promise<Scrape> => {
    /* a wrong password is compared each time, in a thread that begins only now */
    const wrong = Buffer.from(`alice:${at++}`).toString('base64')
    const refused = await fetch(`http://${running.address}/metrics`, {
      headers: { authorization: `Basic ${wrong}` },
    })
    t.equal(refused.status, 401)
    const right = Buffer.from('alice:fakepassword').toString('base64')
    const response = await fetch(`http://${running.address}/metrics`, {
      headers: { authorization: `Basic ${right}` },
    })
    t.equal(response.status, 200)
    return parseScrape(await response.text())
  }
  const sending = send?.(link, { rate: 20_000, seconds: 6, keys: 200 })
  const most = { count: 0 }
  for (const end = Date.now() + 5500; Date.now() < end; await sleep(100)) {
    await ask()
    checkThreads(t, running, [])
    most.count = Math.max(most.count, threads(running.pid).length)
  }
  t.ok(most.count > 11, `${most.count} threads, that of passwords among them`)
  const packets = (await sending)?.packets
  await sleep(1500)
  const scrape = await ask()
  t.equal(sample(scrape, 'pktspot_receive_packets_total'), packets, 'every packet is counted')
  const sources = [...scrape].filter(([name]) => name.startsWith('pktspot_src_ip_packets_total{'))
  t.ok(sources.length > 5, `${sources.length} series of sources, which were given slots later`)
  const sum = sources.reduce((total, [, value]) => total + value, 0)
  t.equal(sum, packets, 'and they add up')
  const windows = { statistic: 'PKTS_RATE', window: '1' }
  t.ok(Number(sample(scrape, 'pktspot_statistic_windows_total', windows)) >= 5)
})

t.test('without them a reload follows in all that the kernel need not do', { skip }, async (t) => {
  const { here } = await network(t)
  const one = { name: 'ONE', help: 'Small frames', layer: 'PKT', filter: 'less 100' }
  const two = { ...one, name: 'TWO' }
  const file = await settingsFile(t, { counters: [one, two] })
  for (const mode of ['tcx', 'packet-socket']) {
    await writeFile(file, JSON.stringify({ counters: [one, two] }))
    const running = await startRun(t, ['-i', here, '--source', mode, '-c', file])
    const reload = async (settings: object): Promise<string> => {
      const before = running.log.length
      const since = () => running.log.slice(before).join('\n')
      await writeFile(file, JSON.stringify(settings))
      process.kill(running.pid, 'SIGHUP')
      for (let i = 0; i < 250 && !/settings (?:not )?reloaded/.test(since()); i++) await sleep(20)
      return since()
    }
    const inKernel = mode === 'tcx'
    const added = [{ name: 'SUM', expr: 'PKTS + 1' }]
    t.match(await reload({ counters: [one, two], user_statistics: added }), 'user_statistics ch')
    const fewer = { counters: [one], counter_groups: ['!dst_port'], user_statistics: added }
    t.match(await reload(fewer), 'settings reloaded: counters,', `${mode}: less is counted`)
    t.match(await reload({ ...fewer, user_statistics: [] }), 'settings reloaded: user_statistics')
    const refused = /settings not reloaded: counters, counter_groups: .*CAP_BPF.*web\.reload: true/
    const outcome = inKernel ? refused : 'settings reloaded: counter'
    const other = { ...fewer, counters: [one, { ...two, filter: 'tcp' }] }
    t.match(await reload(other), outcome, `${mode}: a counter more`)
    t.match(await reload({ ...fewer, counter_groups: [] }), outcome, `${mode}: a group more`)
    const scrape = await running.scrape()
    t.equal(sample(scrape, 'pktspot_config_last_reload_successful'), inKernel ? 0 : 1)
    t.equal(scrape.has(`pktspot_receive_one_packets_total{interface="${here}"}`), true)
    await running.stop()
  }
})

t.test('an interface that was left cannot be counted again', { skip }, async (t) => {
  const [lost, kept] = [await network(t), await network(t)]
  const running = await startRun(t, ['-i', lost.here, '-i', kept.here])
  await must('ip', 'link', 'delete', lost.here)
  for (let i = 0; i < 100 && !running.log.some((line) => line.includes('vanished')); i++)
    await sleep(50)
  const told = running.log.filter((line) => line.includes('vanished'))
  t.equal(told.length, 1)
  t.match(told[0], /It stays down: .*CAP_BPF.* web\.reload: true/)
  const { packets } = await kept.send(FIXTURE)
  await settled(async () => scrapedSums(await running.scrape(), kept.here), packets)
  const scrape = await running.scrape()
  t.equal(sample(scrape, 'pktspot_source_up', { interface: lost.here }), 0)
  t.equal(sample(scrape, 'pktspot_source_up', { interface: kept.here }), 1)
  t.equal(sample(scrape, 'pktspot_receive_packets_total', { interface: kept.here }), packets)
  await must('ip', 'link', 'delete', kept.here)
  for (let i = 0; i < 100 && !running.log.some((line) => line.includes('no interface')); i++)
    await sleep(50)
  t.match(running.log.at(-1), /^pktspot: no interface is left to count on/)
  t.same(await running.stop(), { code: 1, signal: null })
})

t.test('what root may not read any more is told at the start', { skip }, async (t) => {
  const { here } = await network(t)
  const folder = t.testdir()
  const web = join(folder, 'web.yml')
  await writeFile(web, '{}', { mode: 0o600 })
  await chown(web, 65534, 65534)
  const args = [program, 'run', '-i', here, '--web.listen-address', '127.0.0.1:0']
  const file = ['--web.config.file', web]
  const ended = await command(process.execPath, [...args, ...file], { timeout: 10_000 })
  t.equal(ended.code, 78)
  t.match(ended.stderr, /web\.yml: .*permission denied.*/)

  const state = join(folder, 'state')
  await mkdir(state, { mode: 0o700 })
  await chown(state, 65534, 65534)
  const env = { PKTSPOT_STATE_DIRECTORY: state }
  const running = await startRun(t, ['-i', here], { env })
  await sleep(200)
  t.match(running.log.join('\n'), /thresholds are not kept over a restart: .*EACCES/)
})
