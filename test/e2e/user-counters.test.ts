// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { planFilters } from '../../src/commands/run-filters.ts'
import { openKeptSource } from '../../src/commands/run-sources.ts'
import type { UserCounter } from '../../src/settings/counters.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { must } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { lines, pktspot } from '../support/replay.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const MODES = ['tcx', 'xdp', 'xdp-generic', 'packet-socket'] as const
const GUID = '{5A1E7B60-1111-4222-8333-123456789ABC}'
const CHANGES = 50

const FILTERS = {
  TCP_ZEROWIN: ['TCP', 'tcp[14:2] == 0 and tcp[tcpflags] & tcp-rst == 0'],
  ANY: ['PKT', 'len >= 0'],
  DNS: ['UDP', 'udp port 53'],
  WITH_TAG: ['PKT', 'vlan'],
  SIXES: ['PKT', 'ip6'],
} as const

const counters = Object.entries(FILTERS).map(([name, [layer, filter]]) => {
  return { name, help: `Packets of ${name}`, layer, filter }
})
const settings = {
  counters: [
    ...counters,
    { name: 'DNS_SIZE', help: 'Bytes of DNS', layer: 'UDP', filter: 'udp port 53', add: 'bytes' },
    { name: 'SENDERS', help: 'Senders', layer: 'IP', filter: 'len >= 0', unique: 'ip.src' },
  ],
  user_statistics: [{ name: 'R_ZEROWIN', expr: 'TCP_ZEROWIN / TCP' }],
  counter_groups: [
    {
      control: { guid: GUID, name: 'Mine', description: 'By filters' },
      filter: 'tcp or udp',
      key: {
        rules: [
          { if: 'udp port 53', key: 'dns' },
          { if: 'tcp', key: 'tcp' },
        ],
      },
      meters: [[0, 'COUNTER', 10, 0, 'Packets', 'Packets', 'Pkts']],
    },
  ],
}

/** JSON is YAML. */
async function settingsFile(t: Test): Promise<string> {
  const file = join(t.testdir(), 'settings.yml')
  await writeFile(file, JSON.stringify(settings))
  return file
}

async function matches(filter: string): Promise<number> {
  const text = await must('tcpdump', '-nr', FIXTURE, '--count', filter)
  return Number(/(\d+) packets?/.exec(text)?.[1])
}

t.setTimeout(240_000)

/** Greatest value of a gauge of windows, which one of them shows whole when what is sent does not cross its end. */
async function greatest(
  running: Running,
  name: string,
  send: () => Promise<unknown>,
): Promise<number> {
  let most = 0
  for (let times = 0; times < 3; times++) {
    await send()
    for (const end = Date.now() + 2500; Date.now() < end; await sleep(100)) {
      most = Math.max(most, sample(await running.scrape(), name) || 0)
    }
  }
  return most
}

t.test(
  'counters and groups by filters count on a link as in a capture file',
  { skip },
  async (t) => {
    const file = await settingsFile(t)
    const { stdout } = await pktspot(['replay', '--totals', '-c', file, FIXTURE])
    const [row] = lines<{
      counters: Record<string, number>
      groups: Record<string, Record<string, { total: number; keys: Record<string, number> }>>
    }>(stdout)
    for (const [name, [layer, filter]] of Object.entries(FILTERS)) {
      /* the layer is ours, and sees through tags as libpcap does not */
      if (layer === 'PKT' || name === 'TCP_ZEROWIN')
        t.equal(row?.counters[name], await matches(filter), name)
    }
    const keys = row?.groups['Mine']?.['Packets']?.keys
    for (const mode of MODES) {
      const link = await network(t)
      const running = await startRun(t, ['-i', link.here, '--source', mode, '-c', file])
      const { packets } = await link.send(FIXTURE)
      const value = async (name: string, labels: Record<string, string> = {}) =>
        sample(await running.scrape(), `pktspot_receive_${name}`, {
          interface: link.here,
          ...labels,
        })
      for (let tries = 0; tries < 60; tries++) {
        if ((await value('any_packets_total')) === packets) break
        await sleep(50)
      }
      for (const name of Object.keys(FILTERS)) {
        const counted = await value(`${name.toLowerCase()}_packets_total`)
        t.equal(counted, row?.counters[name], `${mode}: ${name}`)
      }
      t.equal(await value('dns_size_bytes_total'), row?.counters['DNS_SIZE'], `${mode}: bytes`)
      const senders = await greatest(running, 'pktspot_receive_unique_senders', () =>
        link.send(FIXTURE),
      )
      const sources = row?.counters['NB_UNIQ_SRC_ADDR'] ?? 0
      t.ok(Math.abs(senders - sources) <= 3, `${mode}: ${senders} senders, ${sources} sources`)
      const scrape = await running.scrape()
      const rounds = (sample(scrape, 'pktspot_receive_any_packets_total') ?? 0) / packets
      for (const [key, count] of Object.entries(keys ?? {})) {
        const labels = { interface: link.here, key }
        t.equal((sample(scrape, 'pktspot_mine_packets_total', labels) ?? 0) / rounds, count, key)
      }
      t.same(await running.stop(), { code: 0, signal: null })
    }
  },
)

t.test('a change of counters loses no packet of those that stay', { skip }, async (t) => {
  const send = await trafficSender(t)
  const steady: UserCounter = { name: 'STEADY', help: 'All', layer: 'IP', filter: 'ip' }
  const other = (at: number): UserCounter => {
    return {
      name: `OTHER${at % 7}`,
      help: 'Some',
      layer: 'UDP',
      filter: `udp and len > ${60 + (at % 2)}`,
    }
  }
  for (const mode of ['tcx', 'packet-socket'] as const) {
    const link = await network(t)
    let filters = planFilters([other(0), steady], [], {})
    await using source = await openKeptSource(link.here, {
      settings: loadSettings({ env: {}, flags: { source: mode } }),
      budgetBytes: 32 * 2 ** 20,
      groups: [],
      beside: { filters },
      log: pino({ level: 'silent' }),
    })
    t.equal(source.mode, mode)
    const look = (name: string): bigint => {
      const { index = -1 } = source.catalog.find(name) ?? {}
      return source.look().slots[index] ?? -1n
    }
    const traffic = { sending: true }
    const sending = send(link, { rate: 100_000, seconds: 6 }).finally(() => {
      traffic.sending = false
    })
    let during = 0
    let falls = 0
    let last = 0n
    for (let at = 1; at <= CHANGES; at++) {
      const next = planFilters(
        at % 3 === 0 ? [steady, other(at), other(at + 1)] : [other(at), steady],
        [],
        {
          before: filters,
        },
      )
      await source.prepareFilters(next)
      source.takeFilters(next)
      filters = next
      during += Number(traffic.sending)
      const now = look('STEADY')
      if (now < last) falls++
      last = now
    }
    const { packets } = await sending
    for (let tries = 0; tries < 50 && look('STEADY') < packets; tries++) await sleep(20)
    t.comment(`${mode}: ${packets} packets, ${during} of ${CHANGES} changes among them`)
    t.equal(look('STEADY'), BigInt(packets), mode)
    t.equal(falls, 0)
    t.ok(during > CHANGES / 2)
    t.equal(source.look().lost, 0n)
  }
})

t.test(
  'SIGHUP adds, keeps and removes counters, or leaves all as they were',
  { skip },
  async (t) => {
    const file = join(t.testdir(), 'settings.yml')
    const steady = { name: 'STEADY', help: 'All', layer: 'PKT', filter: 'len >= 0' }
    const web = { reload: true }
    const put = (...counters: readonly object[]) =>
      writeFile(file, JSON.stringify({ counters, web }))
    await put(steady, { ...steady, name: 'GOES' })
    const link = await network(t)
    const running = await startRun(t, ['-i', link.here, '-c', file])
    const name = (counter: string): string => `pktspot_receive_${counter}_packets_total`
    const until = async (counter: string, wanted: number | undefined) => {
      const read = async () => sample(await running.scrape(), name(counter))
      for (let tries = 0; tries < 80 && (await read()) !== wanted; tries++) await sleep(50)
      t.equal(await read(), wanted, counter)
    }
    const { packets } = await link.send(FIXTURE)
    await until('steady', packets)
    await put(steady, { ...steady, name: 'COMES', filter: 'tcp' })
    process.kill(running.pid, 'SIGHUP')
    await until('comes', 0)
    await until('goes', undefined)
    await link.send(FIXTURE)
    await until('comes', await matches('tcp'))
    await until('steady', 2 * packets)
    await put({ ...steady, filter: 'tcp prt 80' })
    process.kill(running.pid, 'SIGHUP')
    for (let tries = 0; tries < 80 && !running.log.some((line) => line.includes('prt')); tries++) {
      await sleep(50)
    }
    t.match(running.log.join('\n'), /settings not reloaded: .*:1:\d+: counters\[0\]\.filter: /)
    await link.send(FIXTURE)
    await until('steady', 3 * packets)
    const success = sample(await running.scrape(), 'pktspot_config_last_reload_successful')
    t.equal(success, 0)
  },
)
