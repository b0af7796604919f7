// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { command, must } from '../support/command.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { packageRoot } from '../support/root.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const fixture = join(packageRoot, 'test/fixtures/all.pcap')
const skip = missingPrivilege() ?? false

t.test(
  'every frame of the fixture crosses the link, runts included, and nothing else',
  { skip },
  async (t) => {
    const frames = readCapture(await readFile(fixture))
    const bytes = frames.reduce((total, { data }) => total + data.length, 0)
    const link = await network(t)
    t.same(await link.received(), { packets: 0, bytes: 0 }, 'the link is silent')
    const sent = await link.send(fixture)
    t.same(sent, { packets: frames.length, refused: 0 })
    t.same(await link.received(), { packets: frames.length, bytes })
  },
)

t.test('two pinned senders lose nothing', { skip }, async (t) => {
  const link = await network(t)
  const send = (cpu: number): Promise<{ packets: number }> => link.send(fixture, { loop: 20, cpu })
  const sent = await Promise.all([send(0), send(1)])
  const { packets } = await link.received()
  t.equal(packets, sent[0].packets + sent[1].packets)
})

t.test('an addressed link answers a ping', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const ping = await link.inside(
    'ping',
    '-c',
    '2',
    '-i',
    '0.2',
    '-W',
    '2',
    link.addresses?.here ?? '',
  )
  t.match(ping.stdout, ' 0% packet loss')
})

t.test('a map that stays is seen until its pin goes', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-bpf-'))
  await must('mount', '-t', 'bpf', 'none', folder)
  t.teardown(async () => {
    await must('umount', folder)
    await rmdir(folder)
  })
  const before = await bpfObjects()
  const pin = join(folder, 'probe')
  const shape = ['key', '4', 'value', '4', 'entries', '1']
  await must('bpftool', 'map', 'create', pin, 'type', 'array', ...shape, 'name', 'probe')
  /* other tests may load programs of their own meanwhile */
  const probes = async (milliseconds: number): Promise<string[]> =>
    (await leftovers(before, milliseconds)).filter((object) => object.endsWith(' probe'))
  t.match(await probes(0), [/^map \d+ array probe$/])
  await rm(pin)
  t.same(await probes(3000), [])
})

t.test('a link is gone after its test', { skip }, async (t) => {
  let names = { namespace: '', here: '' }
  await t.test('a link of its own', async (t) => {
    names = await network(t)
    t.match((await command('ip', ['link', 'show'])).stdout, names.here)
  })
  t.notMatch((await command('ip', ['netns', 'list'])).stdout, names.namespace)
  t.notMatch((await command('ip', ['link', 'show'])).stdout, names.here)
})

t.test('a started program is scraped and stopped', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  const { packets } = await link.send(fixture)
  const counted = async (): Promise<number | undefined> =>
    sample(await running.scrape(), 'pktspot_receive_packets_total', { interface: link.here })
  for (let tries = 0; tries < 50 && (await counted()) !== packets; tries += 1) await sleep(50)
  t.equal(await counted(), packets)
  t.same(await running.stop('SIGINT'), { code: 0, signal: null })
})

t.test('a program that cannot start is an error with its words', { skip }, async (t) => {
  await t.rejects(startRun(t, ['-i', 'no-such-device']), /no-such-device/)
})
