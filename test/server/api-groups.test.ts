// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import type { Group } from '../../src/groups/group.ts'
import { type Groups, openGroups } from '../../src/groups/runtime.ts'
import {
  BEGAN,
  builtinGroups,
  counted,
  type FrameGroups,
  frameGroups,
  watchedOf,
} from '../exporters/counted-groups.ts'
import { observed } from '../exporters/fixture.ts'
import { made } from '../groups/own.ts'
import { type GroupJson, groupsIn, type KeyJson } from '../support/group-json.ts'
import * as p from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { latestOf, type Serving, serveLatest } from './serving.ts'

const frame = (protocol: number, body: Uint8Array, source = '10.0.0.1'): Uint8Array =>
  p.ethernet(p.TYPE.ipv4, p.ipv4(protocol, body, { source }))
const tcp = (port: number, source?: string): Uint8Array =>
  frame(6, p.tcp(4000, port, p.FLAG.ack), source)

/** Serves the groups of these sources. */
async function serve(all: readonly Groups[], own: readonly Group[] = []): Promise<Serving> {
  const sources = all.map(({ source }) => observed(source))
  return serveLatest(latestOf({ sources, groups: await watchedOf(all, own) }))
}

async function ask(serving: Serving, path: string): Promise<readonly GroupJson[]> {
  const { status, text } = await serving.ask(`/api/v1/groups${path}`)
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
  return groupsIn(text)
}

/** One frame of the first source, two of the second, and so on. */
function rising({ count }: FrameGroups, sources: number): void {
  for (let source = 1; source <= sources; source++) {
    for (let copy = 0; copy < source; copy++) count(tcp(80, `10.0.0.${source}`))
  }
}

const keys = (list: readonly KeyJson[] | undefined) => list?.map(({ key }) => key)

t.test('tells of a group what its settings are called, and the last bucket by key', async (t) => {
  const [group] = await builtinGroups(['dst_port'])
  const counting = frameGroups(t, group ? [{ ...group, bucketSeconds: 10 }] : [])
  const length = tcp(443).length
  await using serving = await serve([counting.groups])
  counting.pass(20, () => counting.count(tcp(443), tcp(443), frame(17, p.udp(1, 9999))))
  const [found] = await ask(serving, '/dst_port')
  t.match(found, {
    interface: 'eth0',
    name: 'dst_port',
    guid: '{72AEB1B7-D6F9-5963-ABE4-40B9DEF25DA4}',
    description: 'Destination ports of TCP and UDP',
    bucket_seconds: 10,
    key_labels: ['protocol', 'port'],
    bucket: { start: new Date(BEGAN + 10_000).toISOString(), seconds: 10, full: true },
  })
  const [packets, bytes] = found?.meters ?? []
  t.same(packets, {
    id: 0,
    name: 'Packets',
    description: 'Packets',
    vartype: 'COUNTER',
    units: 'Pkts',
    total: { value: 30, sum: 30 },
    other: { value: 0, sum: 0 },
    top: [
      {
        key: 'tcp/443',
        label: 'https',
        labels: { protocol: 'tcp', port: '443' },
        value: 20,
        sum: 20,
        exact: true,
      },
      {
        key: 'udp/9999',
        label: '',
        labels: { protocol: 'udp', port: '9999' },
        value: 10,
        sum: 10,
        exact: true,
      },
    ],
    bottom: [],
  })
  t.match(bytes?.top, [{ key: 'tcp/443', value: 2 * length, sum: 20 * length }], 'a second')
})

t.test('TCP and UDP to one port are two keys', async (t) => {
  const counting = frameGroups(t, await builtinGroups(['dst_port']))
  counting.count(tcp(80), tcp(80), frame(17, p.udp(4000, 80)))
  await using serving = await serve([counting.groups])
  const [group] = await ask(serving, '/dst_port?bucket=running')
  t.match(group?.meters[0]?.top, [
    { key: 'tcp/80', value: 2, label: 'http' },
    { key: 'udp/80', value: 1 },
  ])
})

t.test('buckets end at the period of their group', async (t) => {
  const groups = [1, 10].map((bucketsize) =>
    made(
      { fields: ['ip.src'] },
      {
        control: {
          guid: `{5A1E7B60-1111-4222-8333-0000000000${bucketsize + 10}}`,
          name: `every${bucketsize}`,
          description: 'd',
          bucketsize,
        },
      },
    ),
  )
  const counting = frameGroups(t, groups)
  await using serving = await serve([counting.groups], groups)
  const seen = new Map<string, string[]>()
  for (let second = 0; second < 30; second++) {
    counting.pass(1, () => counting.count(tcp(80)))
    for (const { name, bucket, meters } of await ask(serving, '')) {
      const starts = seen.get(name) ?? []
      seen.set(name, starts)
      if (!bucket || starts.includes(bucket.start)) continue
      starts.push(bucket.start)
      t.equal(meters[0]?.total?.value, bucket.seconds, 'a packet a second')
    }
  }
  const every = (seconds: number) =>
    Array.from({ length: 30 / seconds }, (_, at) =>
      new Date(BEGAN + at * seconds * 1000).toISOString(),
    )
  t.same(seen.get('every1'), every(1))
  t.same(seen.get('every10'), every(10))
})

t.test('lists hold at most so many keys, the top falling, the bottom rising', async (t) => {
  const meter = { vartype: 'COUNTER' as const, description: 'd', units: 'Pkts' }
  const meters = [
    { id: 0, ...meter, name: 'Both', top_n: 5, bottom_n: 3 },
    { id: 1, ...meter, name: 'None', top_n: 0, bottom_n: 0 },
  ]
  const group = made({ fields: ['ip.src'] }, { meters })
  const counting = frameGroups(t, [group])
  rising(counting, 20)
  await using serving = await serve([counting.groups], [group])
  const asked = async (query: string) => {
    const [found] = await ask(serving, `/Mine?bucket=running${query}`)
    return found?.meters ?? []
  }
  const [both, none] = await asked('')
  t.same(keys(both?.top), ['10.0.0.20', '10.0.0.19', '10.0.0.18', '10.0.0.17', '10.0.0.16'])
  t.same(keys(both?.bottom), ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
  t.ok([...(both?.top ?? []), ...(both?.bottom ?? [])].every(({ exact }) => exact))
  t.match(both, { total: { value: 210 }, other: { value: 210 - 90 } })
  t.match(none, { total: { value: 210 }, top: [], bottom: [] })
  const [top] = await asked('&order=top&limit=2')
  t.same(keys(top?.top), ['10.0.0.20', '10.0.0.19'])
  t.notOk(top && 'bottom' in top)
  const [bottom] = await asked('&order=bottom&limit=1')
  t.same(keys(bottom?.bottom), ['10.0.0.1'])
  t.notOk(bottom && 'top' in bottom)
})

t.test('a value that may be too high is not told as exact', async (t) => {
  const limits = { tracked: 64, max_series: 10, hold: 60, linger: 3 }
  const group = made({ fields: ['ip.src'] }, { limits })
  const counting = frameGroups(t, [group])
  for (let round = 0; round < 4; round++) {
    for (let host = 0; host < 250; host++) counting.count(tcp(80, `10.0.${round}.${host}`))
    for (let copy = 0; copy < 50; copy++) counting.count(tcp(80, '10.9.0.1'))
  }
  await using serving = await serve([counting.groups], [group])
  const [found] = await ask(serving, '?bucket=running')
  t.match(found?.meters[0]?.top?.[0], { key: '10.9.0.1', exact: false })
  const exact = found?.meters[0]?.top?.filter((each) => each.exact)
  t.same(exact, [], 'candidates were forgotten')
  t.equal(found?.meters[0]?.total?.value, 1200, 'the total always is')
})

t.test('before its first bucket has ended a group tells of none', async (t) => {
  const counting = frameGroups(t, await builtinGroups(['src_ip']))
  counting.count(tcp(80))
  await using serving = await serve([counting.groups])
  const [found] = await ask(serving, '/src_ip')
  t.match(found, { bucket: null, meters: [{ total: null, other: null, top: [], bottom: [] }] })
  const [running] = await ask(serving, '/src_ip?bucket=running')
  t.match(running?.meters[0], { total: { value: 1 }, top: [{ key: '10.0.0.1', value: 1 }] })
})

t.test('a rate times the length of its bucket is what the capture holds', async (t) => {
  const frames = Array.from({ length: 600 }, (_, at) => ({
    at: BigInt(BEGAN + 40_000 + at * 150) * 1_000_000n,
    data: p.padded(tcp(80, `10.0.0.${at % 3}`), 60 + (at % 900)),
  }))
  const file = join(t.testdir(), 'rate.pcap')
  await writeFile(file, pcap(frames))
  await using source = await openCaptureFile(file)
  const chosen = await builtinGroups(['src_ip'])
  const groups = openGroups({
    source: 'eth0',
    groups: counted(chosen),
    open: ({ spec }) => source.openGroup(spec),
    now: () => 0,
  })
  await using serving = await serve([groups])
  const found: { start: string; seconds: number; sum: number }[] = []
  for await (const window of source.windows(1, new AbortController().signal)) {
    groups.advance(window)
    const [group] = await ask(serving, '/src_ip?limit=0')
    const [, bytes] = group?.meters ?? []
    const { bucket } = group ?? {}
    if (!bucket || found.at(-1)?.start === bucket.start) continue
    const sum = (bytes?.total?.value ?? 0) * 60
    t.ok(Math.abs(sum - (bytes?.total?.sum ?? 0)) < 1e-6, `${sum} bytes in a bucket`)
    found.push({ start: bucket.start, seconds: bucket.seconds, sum: Math.round(sum) })
  }
  const bytesFrom = (from: number, to: number) =>
    frames
      .filter(({ at }) => at >= BigInt(from) * 1_000_000n && at < BigInt(to) * 1_000_000n)
      .reduce((sum, { data }) => sum + data.length, 0)
  const minute = BEGAN + 40_000
  t.same(found, [
    {
      start: new Date(minute).toISOString(),
      seconds: 60,
      sum: bytesFrom(minute, minute + 60_000),
    },
  ])
})

t.test('interfaces do not mix, and one can be asked for', async (t) => {
  const chosen = await builtinGroups(['src_ip'])
  const [one, two] = [frameGroups(t, chosen), frameGroups(t, chosen, 'eth1')]
  one.count(tcp(80, '10.0.0.1'))
  two.count(tcp(80, '10.0.0.2'))
  await using serving = await serve([one.groups, two.groups])
  const shown = (all: readonly GroupJson[]) =>
    all.map((group) => [group.interface, keys(group.meters[0]?.top)])
  const both = [
    ['eth0', ['10.0.0.1']],
    ['eth1', ['10.0.0.2']],
  ]
  t.same(shown(await ask(serving, '?bucket=running')), both)
  t.same(shown(await ask(serving, '/src_ip?bucket=running&interface=eth1')), both.slice(1))
})

t.test('labels come from the group that is named, else the key stands for itself', async (t) => {
  const meters = [
    {
      ...{ id: 0, vartype: 'COUNTER' as const, name: 'Packets', description: 'd', units: 'Pkts' },
      top_n: 5,
    },
  ]
  const control = { guid: '{5A1E7B60-1111-4222-8333-123456789ABC}', description: 'd' }
  const shown = async (t: Test, field: string, resolver_guid?: string) => {
    const group = made(
      { fields: [field] },
      { meters, control: { ...control, name: 'Mine', ...(resolver_guid && { resolver_guid }) } },
    )
    const counting = frameGroups(t, [group])
    counting.count(tcp(443, '10.0.0.1'))
    await using serving = await serve([counting.groups], [group])
    const [found] = await ask(serving, '?bucket=running')
    return found?.meters[0]?.top?.map(({ key, label }) => [key, label])
  }
  const apps = '{C51B48D4-7876-479E-B0D9-BD9EFF03CE2E}'
  const hosts = '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}'
  t.same(await shown(t, 'l4.dst_port', apps), [['443', 'https']])
  t.same(await shown(t, 'l4.dst_port', apps.toLowerCase()), [['443', 'https']])
  t.same(await shown(t, 'ip.src', hosts), [['10.0.0.1', '10.0.0.1']])
  t.same(await shown(t, 'l4.dst_port'), [['443', '']])
})

t.test('refuses what it does not know, in JSON and with a hint', async (t) => {
  const counting = frameGroups(t, await builtinGroups(['src_ip', 'dst_port']))
  await using serving = await serve([counting.groups])
  const cases: [path: string, status: number, error: string | RegExp][] = [
    ['/src_ips', 404, 'no group is named "src_ips"; did you mean src_ip?'],
    ['/Hosts', 404, /^no group is named "Hosts"/],
    ['/', 404, /^no group is named ""/],
    ['?interface=eth7', 400, 'no interface is named "eth7"; did you mean eth0?'],
    ['?bucket=first', 400, 'no bucket is named "first"; there are last, running'],
    ['?order=up', 400, /^no order is named "up"/],
    ['?limit=-1', 400, 'limit: -1 is no whole number from 0'],
    ['?limit=1.5', 400, 'limit: 1.5 is no whole number from 0'],
    ['?limit=ten', 400, 'limit: "ten" is not a number'],
    ['?limt=1', 400, 'no parameter is named "limt"; did you mean limit?'],
  ]
  for (const [path, status, error] of cases) {
    const answered = await serving.ask(`/api/v1/groups${path}`)
    t.equal(answered.status, status, path)
    t.match(JSON.parse(answered.text), { error }, path)
  }
  t.equal((await ask(serving, '/src%5Fip')).length, 1, 'a name that is encoded')
})

t.test('without groups there are none', async (t) => {
  await using serving = await serveLatest(latestOf())
  t.same(await ask(serving, ''), [])
})
