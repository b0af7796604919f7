// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command, must } from '../support/command.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPins, pinsDirectory } from '../support/pins.ts'
import { pktspot } from '../support/replay.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPins() ?? false
const PACKETS = 'pktspot_receive_packets_total'
t.setTimeout(250_000)

function environment(directory: string, more: Readonly<Record<string, string>> = {}) {
  const pins = { PKTSPOT_PINS_ENABLED: 'true', PKTSPOT_PINS_DIRECTORY: directory }
  return { PKTSPOT_STATE_DIRECTORY: 'null', ...pins, ...more }
}

async function start(t: Test, link: Network, directory: string, args: readonly string[] = []) {
  const env = environment(directory)
  return startRun(t, ['-i', link.here, ...args], { env, timeout: 60_000 })
}

async function counted(running: Running, name = PACKETS): Promise<number | undefined> {
  await sleep(200)
  return sample(await running.scrape(), name)
}

function anew(running: Running): string[] {
  return running.log.filter((line) => /anew|removed/.test(line))
}

/** Number of the only link that is pinned. */
async function linkIn(directory: string): Promise<number> {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true })
  const paths = found.filter(({ name }) => name === 'link').map((each) => `${each.parentPath}/link`)
  if (paths.length !== 1) throw new Error(`${paths.length} links are pinned`)
  const shown = await must('bpftool', '--json', 'link', 'show', 'pinned', paths[0] ?? '')
  return (JSON.parse(shown) as { id: number }).id
}

/** Whether a link ends; the kernel frees it with a delay. */
async function ends(link: number): Promise<boolean> {
  for (let i = 0; i < 100; i++, await sleep(50)) {
    const { code, stdout } = await command('bpftool', ['--json', 'link', 'show'])
    const left =
      code === 0 && (JSON.parse(stdout) as { id: number }[]).some(({ id }) => id === link)
    if (code === 0 && !left) return true
  }
  return false
}

t.test('another layout begins anew with one line, and its program is gone', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  await (await start(t, link, directory)).stop()
  const { packets } = await link.send(FIXTURE)
  const former = await linkIn(directory)
  const [layout = ''] = readdirSync(directory)
  renameSync(join(directory, layout), join(directory, 'layout-0000000000000000'))
  const running = await start(t, link, directory)
  t.equal(await counted(running), 0)
  t.match(anew(running), [/layout-0000000000000000 is of another layout/])
  t.same(readdirSync(directory), [layout])
  t.ok(await ends(former), 'one program counts')
  await link.send(FIXTURE)
  t.equal(await counted(running), packets)
  t.equal(await counted(running, 'pktspot_source_pinned'), 1)
})

t.test('what was counted meanwhile is in the totals, and in no window', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  await (await start(t, link, directory)).stop('SIGKILL')
  const { packets } = await link.send(FIXTURE)
  const running = await start(t, link, directory)
  t.equal(await counted(running), packets)
  await sleep(2500)
  for (const statistic of ['PKTS_RATE', 'UNIQ_SRC']) {
    const of = { statistic, window: '1' }
    t.equal(sample(await running.scrape(), 'pktspot_statistic_recent_max', of), 0, statistic)
  }
  t.equal(await counted(running, 'pktspot_receive_unique_source_addresses'), 0)
})

t.test('a change of the mode or of the network begins anew, and says why', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  await (await start(t, link, directory, ['--source', 'tcx'])).stop()
  await link.send(FIXTURE)
  const former = await linkIn(directory)
  const generic = await start(t, link, directory, ['--source', 'xdp-generic'])
  t.equal(await counted(generic), 0)
  t.match(anew(generic), [/begin anew, since it was counted by tcx/])
  t.ok(await ends(former))
  const latter = await linkIn(directory)
  await generic.stop()

  await must('ip', 'link', 'set', link.here, 'down')
  await must('ip', 'link', 'set', link.here, 'name', `${link.here}x`)
  await must('ip', 'link', 'set', `${link.here}x`, 'up')
  t.teardown(() => command('ip', ['link', 'delete', `${link.here}x`]))
  const renamed = await start(t, { ...link, here: `${link.here}x` }, directory)
  t.match(anew(renamed), [/no longer counted; its pins are removed/])
  t.ok(await ends(latter))
  t.match(await renamed.stop(), { code: 0 })
  const last = await linkIn(directory)

  const socket = await start(t, { ...link, here: `${link.here}x` }, directory, [
    '--source',
    'packet-socket',
  ])
  t.match(anew(socket), [/begin anew/])
  t.equal(await counted(socket, 'pktspot_source_pinned'), 0)
  t.ok(await ends(last), 'no program counts beside it')
})

t.test('groups that changed begin anew, others go on', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  const file = join(t.testdir(), 'settings.yml')
  const group = (name: string, number: number, field: string) => ({
    control: { guid: `{5A1E7B60-1111-4222-8333-00000000000${number}}`, name, description: name },
    filter: 'ip',
    key: { fields: [field] },
    meters: [[0, 'COUNTER', 5, 0, 'Packets', 'Packets', 'Pkts']],
  })
  const write = (counter_groups: readonly unknown[]) =>
    writeFile(file, JSON.stringify({ counter_groups }))
  await write([
    group('Gone', 1, 'ip.ttl'),
    group('Stays', 2, 'ip.src'),
    group('Alters', 3, 'ip.ttl'),
  ])
  const first = await start(t, link, directory, ['-c', file])
  await link.send(FIXTURE)
  const all = await counted(first, 'pktspot_stays_packets_all_total')
  t.ok((all ?? 0) > 0)
  await first.stop()
  await write([
    group('Alters', 3, 'ip.dst'),
    group('Fresh', 4, 'ip.ttl'),
    group('Stays', 2, 'ip.src'),
  ])
  const second = await start(t, link, directory, ['-c', file])
  const shown = await second.scrape()
  t.equal(sample(shown, 'pktspot_stays_packets_all_total'), all)
  t.equal(sample(shown, 'pktspot_alters_packets_all_total'), 0)
  t.equal(sample(shown, 'pktspot_fresh_packets_all_total'), 0)
  t.match(anew(second), [/group \{5A1E7B60-1111-4222-8333-000000000003\} begins anew, since/])
  await link.send(FIXTURE)
  t.equal(await counted(second, 'pktspot_stays_packets_all_total'), 2 * (all ?? 0))
  t.equal(await counted(second, 'pktspot_alters_packets_all_total'), all)
  t.equal(await counted(second, 'pktspot_fresh_packets_all_total'), all)

  /* a reload does what a start would */
  await write([group('Stays', 2, 'ip.src')])
  process.kill(second.pid, 'SIGHUP')
  for (let i = 0; i < 200 && !second.log.some((line) => line.includes('reloaded')); i++)
    await sleep(50)
  const third = (await second.stop('SIGKILL')) && (await start(t, link, directory, ['-c', file]))
  t.equal(await counted(third, 'pktspot_stays_packets_all_total'), 2 * (all ?? 0))
  t.same(anew(third), [])
  await link.send(FIXTURE)
  t.equal(await counted(third, 'pktspot_stays_packets_all_total'), 3 * (all ?? 0))
})

t.test('a second process is refused, and detach while one runs', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  const running = await start(t, link, directory)
  const env = { ...process.env, ...environment(directory) }
  for (const args of [
    ['run', '-i', link.here, '--web.listen-address', '127.0.0.1:0'],
    ['detach'],
  ]) {
    const { code, stderr } = await pktspot(args, { env })
    t.equal(code, 1)
    t.match(stderr, /is in use by another pktspot process/)
  }
  t.ok(await linkIn(directory))
  t.match(await running.stop(), { code: 0 })
})

t.test('detach removes all of ours, and leaves what is not', { skip }, async (t) => {
  const before = await bpfObjects()
  const link = await network(t)
  const directory = pinsDirectory(t)
  const foreign = join(directory, 'theirs')
  await must(
    'bpftool',
    'map',
    'create',
    foreign,
    'type',
    'array',
    'key',
    '4',
    'value',
    '4',
    'entries',
    '1',
    'name',
    'theirs',
  )
  t.teardown(() => command('rm', ['-f', foreign]))
  await (await start(t, link, directory)).stop('SIGKILL')
  const { code, stdout, stderr } = await pktspot(['detach', '--pins.directory', directory])
  t.equal(code, 0)
  t.match(stdout, /removed .*\/receive\/link\n/)
  t.match(stderr, `${foreign}: not of pktspot's making, left alone`)
  t.same(readdirSync(directory), ['theirs'])
  const left = await leftovers(before)
  t.same(
    left.filter((object) => object.includes('pktspot')),
    [],
  )
  await must('rm', foreign)
  const again = await pktspot(['detach', '--pins.directory', directory])
  t.match(again, { code: 0, stdout: /nothing is pinned/ })
  t.notOk(existsSync(directory))
})

t.test('where nothing can be pinned it counts all the same', { skip }, async (t) => {
  const link = await network(t)
  const directory = t.testdir()
  const running = await start(t, link, directory)
  const told = running.log.filter((line) => line.includes('nothing can be pinned'))
  t.equal(told.length, 1)
  t.match(told[0], /is on no BPF file system; mount one there/)
  const { packets } = await link.send(FIXTURE)
  t.equal(await counted(running), packets)
  t.equal(await counted(running, 'pktspot_source_pinned'), 0)
  t.match(await running.stop(), { code: 0 })
  t.same(readdirSync(directory), [])
})

t.test('without pins nothing outlives the process', { skip }, async (t) => {
  const link = await network(t)
  const directory = pinsDirectory(t)
  const env = { PKTSPOT_PINS_DIRECTORY: directory, PKTSPOT_STATE_DIRECTORY: 'null' }
  const running = await startRun(t, ['-i', link.here], { env, timeout: 60_000 })
  t.equal(await counted(running, 'pktspot_source_pinned'), 0)
  await running.stop('SIGKILL')
  t.same(readdirSync(directory), [])
})
