// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { groupCollector } from '../../src/exporters/prometheus/group-collector.ts'
import type { Group } from '../../src/groups/group.ts'
import { made } from '../groups/own.ts'
import { command } from '../support/command.ts'
import * as p from '../support/packets.ts'
import { parseScrape, sample } from '../support/scrape.ts'
import { builtinGroups, counted, frameGroups, watchedOf } from './counted-groups.ts'

const TEXT = { openMetrics: false, created: undefined }

const frame = (protocol: number, body: Uint8Array, source = '10.0.0.1'): Uint8Array =>
  p.ethernet(p.TYPE.ipv4, p.ipv4(protocol, body, { source }))
const tcp = (port: number, source?: string): Uint8Array =>
  frame(6, p.tcp(4000, port, p.FLAG.ack), source)
const udp = (port: number): Uint8Array => frame(17, p.udp(4000, port))
const icmp = (type: number): Uint8Array => frame(1, p.icmp(type))

/** Lets keys count from their first bucket's first window on. */
const quick = (group: Group): Group => ({ ...group, limits: { ...group.limits, hold: 0 } })

/** Lines of the exposition that begin with this. */
const lines = (text: string, start: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(start))

t.test('one label a field, other, total, and what a key is called', async (t) => {
  const { groups, count, pass } = frameGroups(t, await builtinGroups(['dst_port'], 2))
  pass(2, () => count(tcp(443), tcp(443), udp(9999), tcp(80), tcp(80)))
  count(tcp(443), udp(9999), icmp(8))
  const { text, complete } = await groupCollector(await watchedOf([groups])).collect(TEXT)
  t.ok(complete)
  t.same(lines(text, '# HELP pktspot_dst_port_'), [
    '# HELP pktspot_dst_port_packets_total Packets',
    '# HELP pktspot_dst_port_bytes_total Bytes of frames without FCS',
    '# HELP pktspot_dst_port_packets_all_total Packets: all keys together',
    '# HELP pktspot_dst_port_bytes_all_total Bytes of frames without FCS: all keys together',
  ])
  t.same(lines(text, 'pktspot_dst_port_packets'), [
    'pktspot_dst_port_packets_total{interface="eth0",protocol="tcp",port="80"} 0',
    'pktspot_dst_port_packets_total{interface="eth0",protocol="tcp",port="443"} 1',
    'pktspot_dst_port_packets_total{interface="eth0",otel_metric_overflow="true"} 11',
    'pktspot_dst_port_packets_all_total{interface="eth0"} 12',
  ])
  t.same(lines(text, 'pktspot_group_key_info'), [
    'pktspot_group_key_info{group="dst_port",key="tcp/80",label="http"} 1',
    'pktspot_group_key_info{group="dst_port",key="tcp/443",label="https"} 1',
  ])
  t.same(lines(text, 'pktspot_group_info'), [
    'pktspot_group_info{group="dst_port",guid="{72AEB1B7-D6F9-5963-ABE4-40B9DEF25DA4}",description="Destination ports of TCP and UDP"} 1',
  ])
})

t.test('a port without a known service has a series and no label', async (t) => {
  const { groups, count, pass } = frameGroups(t, await builtinGroups(['dst_port']))
  pass(2, () => count(udp(9999)))
  const { text } = await groupCollector(await watchedOf([groups])).collect(TEXT)
  t.match(text, 'pktspot_dst_port_packets_total{interface="eth0",protocol="udp",port="9999"} ')
  t.same(lines(text, 'pktspot_group_key_info'), [])
})

t.test('all protocols are there at 0 before the first packet', async (t) => {
  const { groups } = frameGroups(t, await builtinGroups(['protocols']))
  const { text } = await groupCollector(await watchedOf([groups])).collect(TEXT)
  t.same(lines(text, 'pktspot_protocols_packets_total'), [
    'pktspot_protocols_packets_total{interface="eth0",protocol="tcp"} 0',
    'pktspot_protocols_packets_total{interface="eth0",protocol="udp"} 0',
    'pktspot_protocols_packets_total{interface="eth0",protocol="icmp"} 0',
    'pktspot_protocols_packets_total{interface="eth0",otel_metric_overflow="true"} 0',
  ])
})

t.test('keyinfo names the keys that its author makes', async (t) => {
  const keyinfo = {
    '14/00': 'change_cipher_spec',
    '15/00': 'alert',
    '16/00': 'hello_request',
    '17/00': '17/00',
  }
  const keysets = { '14/00': [14], '15/00': [15], '16/00': [16], '17/00': [17], '18/00': [18] }
  const group = made({ fields: ['icmp.type'], keysets }, { keyinfo })
  const { groups, count } = frameGroups(t, [group])
  count(icmp(14), icmp(14), icmp(16), icmp(8))
  const { text } = await groupCollector(await watchedOf([groups], [group])).collect(TEXT)
  t.same(lines(text, 'pktspot_group_key_info'), [
    'pktspot_group_key_info{group="Mine",key="14/00",label="change_cipher_spec"} 1',
    'pktspot_group_key_info{group="Mine",key="15/00",label="alert"} 1',
    'pktspot_group_key_info{group="Mine",key="16/00",label="hello_request"} 1',
  ])
  const of = (labels: Record<string, string>) =>
    sample(parseScrape(text), 'pktspot_mine_packets_total', labels)
  t.equal(of({ icmp_type: '14/00' }), 2)
  t.equal(of({ icmp_type: '15/00' }), 0)
  t.equal(of({ otel_metric_overflow: 'true' }), 1, 'a value in no set is other')
})

t.test('a counter is the cumulative sum whatever the length of the buckets', async (t) => {
  const groups = [1, 10].map((bucketsize) => {
    const control = {
      guid: `{5A1E7B60-1111-4222-8333-0000000000${bucketsize + 10}}`,
      name: `every${bucketsize}`,
      description: 'd',
      bucketsize,
    }
    return made({ fields: ['ip.proto'], keysets: { icmp: [1] } }, { control })
  })
  const counting = frameGroups(t, groups)
  const length = icmp(8).length
  counting.pass(25, () => counting.count(icmp(8)))
  const { text } = await groupCollector(await watchedOf([counting.groups], groups)).collect(TEXT)
  for (const every of [1, 10]) {
    const name = `pktspot_every${every}_bytes_all_total{interface="eth0"}`
    t.equal(parseScrape(text).get(name), 25 * length)
  }
})

t.test('units decide names and scale; gauges have neither other nor total', async (t) => {
  const meter = (id: number, vartype: string, name: string, units: string, value?: string) => ({
    ...{ id, vartype: vartype as 'GAUGE', name, description: `What ${name} is`, units },
    ...(value !== undefined && { value }),
  })
  const group = made(
    { fields: ['ip.proto'], keysets: { icmp: [1] } },
    {
      meters: [
        meter(0, 'RATE_COUNTER', 'Rate', 'bps'),
        meter(1, 'GAUGE_MIN_MAX_AVG', 'TTL', 'hops', 'ip.ttl'),
        meter(2, 'AVERAGE', 'Size', 'B', 'frame.len'),
        meter(3, 'COUNTER', 'Wait', 'ms', 'ip.ttl'),
      ],
    },
  )
  const { groups, count, pass } = frameGroups(t, [quick({ ...group, bucketSeconds: 1 })])
  const length = icmp(8).length
  pass(2, () => count(icmp(8), icmp(0)))
  const { text } = await groupCollector(await watchedOf([groups], [group])).collect(TEXT)
  const values = Object.fromEntries(parseScrape(text.replaceAll('interface="eth0",', '')))
  t.match(values, {
    'pktspot_mine_rate_bits_total{protocol="icmp"}': 4 * 8 * length,
    'pktspot_mine_rate_bits_all_total{interface="eth0"}': 4 * 8 * length,
    'pktspot_mine_ttl_hops{protocol="icmp"}': 64,
    'pktspot_mine_ttl_hops_min{protocol="icmp"}': 64,
    'pktspot_mine_ttl_hops_max{protocol="icmp"}': 64,
    'pktspot_mine_ttl_hops_avg{protocol="icmp"}': 64,
    'pktspot_mine_size_bytes_sum{protocol="icmp"}': 4 * length,
    'pktspot_mine_size_bytes_count{protocol="icmp"}': 4,
    'pktspot_mine_size_bytes_sum{otel_metric_overflow="true"}': 0,
    'pktspot_mine_wait_seconds_total{protocol="icmp"}': 0.256,
  })
  t.notMatch(text, /ttl_hops\w*\{[^}]*overflow/)
  t.notMatch(text, /ttl_hops_all/)
})

t.test('sources have series of their own, and what a key is called is said once', async (t) => {
  const chosen = (await builtinGroups(['dst_port'])).map(quick)
  const [one, two] = [frameGroups(t, chosen), frameGroups(t, chosen, 'eth1')]
  one.pass(2, () => one.count(tcp(22), tcp(22)))
  two.pass(2, () => two.count(tcp(22)))
  const { text } = await groupCollector(await watchedOf([one.groups, two.groups])).collect(TEXT)
  t.same(lines(text, 'pktspot_dst_port_packets_all_total'), [
    'pktspot_dst_port_packets_all_total{interface="eth0"} 4',
    'pktspot_dst_port_packets_all_total{interface="eth1"} 2',
  ])
  t.equal(lines(text, '# TYPE pktspot_dst_port_packets_total').length, 1)
  t.equal(lines(text, 'pktspot_group_key_info').length, 1)
  t.equal(lines(text, 'pktspot_group_info').length, 1)
})

t.test('a reload with other labels and help shows at the next scrape', async (t) => {
  const key = { fields: ['ip.src'] }
  const group = quick(made(key, { keyinfo: { '10.0.0.1': 'gateway' } }))
  const { groups, count, pass } = frameGroups(t, [group])
  const collector = groupCollector(await watchedOf([groups], [group]))
  pass(2, () => count(tcp(80)))
  t.match((await collector.collect(TEXT)).text, 'key="10.0.0.1",label="gateway"')
  const [meter, ...others] = group.meters
  const meters = meter ? [{ ...meter, description: 'Frames' }, ...others] : []
  const changed = { ...group, keyinfo: new Map([['10.0.0.1', 'door']]), meters }
  groups.reconfigure(counted([changed]))
  const { text } = await collector.collect(TEXT)
  t.match(text, 'key="10.0.0.1",label="door"')
  t.notMatch(text, 'gateway')
  t.match(text, '# HELP pktspot_mine_packets_total Frames\n')
})

t.test('a key whose series has ended is not written any more', async (t) => {
  const limits = { hold: 1, linger: 1, max_series: 10 }
  const group = { ...made({ fields: ['ip.src'] }, { limits }), bucketSeconds: 1 }
  const { groups, count, pass } = frameGroups(t, [group])
  const collector = groupCollector(await watchedOf([groups], [group]))
  const shown = async () => {
    const { text } = await collector.collect(TEXT)
    return lines(text, 'pktspot_mine_packets_total{interface="eth0",source').length
  }
  pass(4, () => count(tcp(80, '10.0.0.1'), tcp(80, '10.0.0.2')))
  t.equal(await shown(), 2)
  pass(6, () => count(tcp(80, '10.0.0.2')))
  t.equal(await shown(), 1)
  const { text } = await collector.collect(TEXT)
  t.match(lines(text, 'pktspot_group_demotions_total'), [/\} 1$/])
  const [all, ...series] = [
    ...lines(text, 'pktspot_mine_packets_all'),
    ...lines(text, 'pktspot_mine_packets_total'),
  ].map((line) => Number(line.split(' ')[1]))
  const sum = series.reduce((sum, each) => sum + each, 0)
  t.ok(sum < (all ?? 0), 'what the ended series had is missing from the sum, not moved to other')
})

t.test('how a group fares is told by group and source', async (t) => {
  const { groups, count, pass } = frameGroups(t, await builtinGroups(['src_ip'], 1))
  pass(2, () => count(tcp(80, '10.0.0.1'), tcp(80, '10.0.0.2'), tcp(80, '10.0.0.3')))
  const { text } = await groupCollector(await watchedOf([groups])).collect(TEXT)
  const of = (name: string) =>
    sample(parseScrape(text), `pktspot_group_${name}`, { interface: 'eth0', group: 'src_ip' })
  t.equal(of('exposed_keys'), 1)
  t.equal(of('promotions_total'), 1)
  t.equal(of('new_keys_total'), 1)
  t.equal(of('evictions_total'), 0)
  t.equal(of('candidate_error_bound'), 0)
  t.ok((of('tracked_keys') ?? 0) >= 2)
  t.ok((of('table_fill_ratio') ?? 1) < 0.01)
  t.ok((of('table_bytes') ?? 0) > 100_000)
})

t.test('promtool has nothing to say about either format', async (t) => {
  const found = await command('promtool', ['--version']).catch(() => undefined)
  if (!found) return t.plan(0, 'needs the program promtool')
  const chosen = await builtinGroups(['protocols', 'dst_port', 'src_ip', 'sizes'])
  const { groups, count, pass } = frameGroups(t, chosen)
  pass(2, () => count(tcp(443), udp(53), icmp(8)))
  const collector = groupCollector(await watchedOf([groups]))
  const { text } = await collector.collect(TEXT)
  const { code, stdout, stderr } = await command('promtool', ['check', 'metrics'], {
    input: Buffer.from(text),
  })
  t.same({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
})

t.test('three groups with forty keys each are written well below 1 ms', async (t) => {
  const chosen = await builtinGroups(['protocols', 'src_ip', 'dst_port'], 40)
  const capped = chosen.map((group) => ({ ...group, limits: { ...group.limits, maxSeries: 40 } }))
  const { groups, count, pass } = frameGroups(t, capped)
  const frames = Array.from({ length: 40 }, (_, at) => tcp(at + 1, `10.0.0.${at + 1}`))
  pass(2, () => count(...frames))
  const collector = groupCollector(await watchedOf([groups]))
  for (let warm = 0; warm < 200; warm++) await collector.collect(TEXT)
  const times: number[] = []
  for (let round = 0; round < 200; round++) {
    const begin = performance.now()
    await collector.collect(TEXT)
    times.push(performance.now() - begin)
  }
  times.sort((a, b) => a - b)
  const exposed = groups.health().map((health) => health.exposed)
  t.same(exposed.sort(), [3, 40, 40], 'all have series')
  t.comment(`best ${times[0]?.toFixed(3)} ms, median ${times[100]?.toFixed(3)} ms`)
  t.ok((times[0] ?? 9) < 0.7, `best of 200: ${times[0]} ms`)
})
