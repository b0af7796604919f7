// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { type GroupJson, groupsIn, type MeterJson } from '../support/group-json.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)
const RATE = 1000
const MODES = ['tcx', 'xdp-generic', 'packet-socket'] as const

async function settings(t: Test, counter_groups: readonly unknown[]): Promise<string> {
  const file = join(t.testdir(), 'settings.yml')
  /* JSON is YAML */
  await writeFile(file, JSON.stringify({ counter_groups }))
  return file
}

async function ask(running: Running, path: string): Promise<readonly GroupJson[]> {
  return groupsIn(await (await running.get(`/api/v1/groups${path}`)).text())
}

/** A meter's keys and other as /metrics has them, by their label. */
async function series(running: Running, metric: string, device: string) {
  const found: Record<string, number> = {}
  for (const [name, value] of await running.scrape()) {
    const [, labels] =
      new RegExp(`^${metric}_total\\{interface="${device}",(.*)\\}$`).exec(name) ?? []
    if (labels) found[labels] = value
  }
  return found
}

for (const mode of MODES) {
  t.test(`${mode} shows all protocols from the beginning, and counts them`, { skip }, async (t) => {
    const link = await network(t)
    const running = await startRun(t, ['-i', link.here, '--source', mode])
    const metric = 'pktspot_protocols_packets'
    const none = {
      'protocol="tcp"': 0,
      'protocol="udp"': 0,
      'protocol="icmp"': 0,
      'otel_metric_overflow="true"': 0,
    }
    t.same(await series(running, metric, link.here), none)
    await link.send(FIXTURE)
    await sleep(200)
    const scrape = await running.scrape()
    const of = (name: string) =>
      sample(scrape, `pktspot_receive_${name}packets_total`, { interface: link.here }) ?? 0
    const shown = await series(running, metric, link.here)
    const sum = Object.values(shown).reduce((sum, each) => sum + each, 0)
    t.equal(sum, of('ip_'), 'together they are all IP')
    t.ok(
      Object.values(shown).every((each) => each > 0),
      JSON.stringify(shown),
    )
    t.equal(sample(scrape, `${metric}_all_total`, { interface: link.here }), of('ip_'))
  })
}

t.test('the rate of a steady stream is right, from the first look on', { skip }, async (t) => {
  const group = {
    control: {
      guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
      name: 'rates',
      description: 'Packets and bytes a second',
      bucketsize: 2,
    },
    key: { fields: ['ip.proto'], keysets: { tcp: [6], udp: [17] } },
    meters: [
      [0, 'RATE_COUNTER', 10, 0, 'Packets', 'packets', 'pps'],
      [1, 'RATE_COUNTER', 10, 0, 'Bytes', 'bytes', 'Bps'],
    ],
  }
  const link = await network(t)
  const file = await settings(t, [group])
  const SECONDS = 14
  const end = performance.now() + (SECONDS - 1) * 1000
  const sending = send?.(link, { rate: RATE, seconds: SECONDS })
  await sleep(1000)
  const running = await startRun(t, ['-i', link.here, '-c', file])
  const near = (value: number, what: string): void => {
    t.ok(Math.abs(value / RATE - 1) < 0.01, `${what}: ${value}`)
  }
  /* the look is somewhere within the scrape: a slow one does not tell when */
  const total = async (): Promise<{ at: number; packets: number }> => {
    for (let tries = 0; ; tries++) {
      const begin = performance.now()
      const scrape = await running.scrape()
      const took = performance.now() - begin
      const labels = { interface: link.here }
      const packets = sample(scrape, 'pktspot_rates_packets_all_total', labels) ?? Number.NaN
      if (took < 40 || tries === 50) return { at: (begin + took / 2) / 1000, packets }
    }
  }
  const buckets = new Map<string, GroupJson>()
  const before = await total()
  let highest = 0
  for (; performance.now() < end; await sleep(100)) {
    const [now] = await ask(running, '/rates?bucket=running')
    highest = Math.max(highest, now?.meters[0]?.total?.value ?? 0)
    const [last] = await ask(running, '/rates')
    if (last?.bucket) buckets.set(last.bucket.start, last)
  }
  const after = await total()
  const sent = await sending
  t.ok(highest > 0 && highest < 1.02 * RATE, `at most ${highest} a second is ever shown`)
  near((after.packets - before.packets) / (after.at - before.at), 'two scrapes')
  const full = [...buckets.values()].filter(({ bucket }) => bucket?.full)
  t.ok(full.length > 2, `${full.length} full buckets`)
  const mean = (meter: number, of: (each: MeterJson) => number): number =>
    full.reduce((sum, { meters }) => sum + (meters[meter] ? of(meters[meter]) : 0), 0) / full.length
  const whole = ({ total }: MeterJson): number => total?.value ?? 0
  /* a window that ends late has what the next one lacks */
  near(mean(0, whole), 'packets a second of the buckets')
  near(
    mean(0, ({ top = [] }) => top.reduce((sum, { value }) => sum + value, 0)),
    'of both protocols together',
  )
  const size = (sent?.bytes ?? 0) / (sent?.packets ?? 1)
  t.ok(Math.abs(mean(1, whole) / (RATE * size) - 1) < 0.05, 'bytes a second')
})

t.test('pings and a download are counted by type, protocol and port', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const addresses = link.addresses ?? { here: '', there: '' }
  const file = await settings(t, ['icmp'])
  const running = await startRun(t, ['-i', link.here, '-c', file])
  const server = createServer((_, answer) => void answer.end('hello\n'))
  server.listen(0, addresses.here)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const port = String((server.address() as { port: number }).port)

  const ping = await link.inside('ping', '-q', '-c', '100', '-i', '0.01', addresses.here)
  t.match(ping.stdout, '100 received, 0% packet loss')
  const back = { 'icmp_type="8",icmp_code="0"': 100, 'icmp_type="0",icmp_code="0"': 0 }
  t.match(await series(running, 'pktspot_icmp_packets', link.here), back)
  const out = await command('ping', ['-q', '-c', '100', '-i', '0.01', addresses.there])
  t.match(out.stdout, '100 received, 0% packet loss')
  const both = { ...back, 'icmp_type="0",icmp_code="0"': 100 }
  t.match(await series(running, 'pktspot_icmp_packets', link.here), both, 'replies as well')
  const { stdout } = await link.inside('curl', '-s', `http://${addresses.here}:${port}/`)
  t.equal(stdout, 'hello\n')
  await sleep(200)
  const [group] = await ask(running, '/dst_port?bucket=running')
  const keys = group?.meters[0]?.top?.map(({ key }) => key)
  t.same(keys, [`tcp/${port}`])
  const { 'protocol="tcp"': tcp = 0, 'protocol="icmp"': icmp } = await series(
    running,
    'pktspot_protocols_packets',
    link.here,
  )
  t.ok(tcp >= 4, `${tcp} segments`)
  t.equal(icmp, 200)
  const [sources] = await ask(running, '/src_ip?bucket=running')
  t.match(sources?.meters[0]?.top, [{ key: addresses.there }])
})

t.test('the groups of two interfaces do not mix', { skip }, async (t) => {
  const [one, two] = [await network(t), await network(t)]
  const running = await startRun(t, ['-i', one.here, '-i', two.here])
  await Promise.all([
    send?.(one, { rate: 2000, seconds: 1, keys: 5 }),
    send?.(two, { rate: 1000, seconds: 1, flood: true }),
  ])
  await sleep(200)
  const groups = await ask(running, '/src_ip?bucket=running')
  const tops = new Map(groups.map((group) => [group.interface, group.meters[0]]))
  t.equal(tops.get(one.here)?.total?.value, 2000)
  t.equal(tops.get(two.here)?.total?.value, 1000)
  t.ok(tops.get(one.here)?.top?.every(({ key }) => key.startsWith('10.0.0.')))
  t.notOk(tops.get(two.here)?.top?.some(({ key }) => key.startsWith('10.0.0.')))
  for (const [device, packets] of [
    [one.here, 2000],
    [two.here, 1000],
  ] as const) {
    const all = sample(await running.scrape(), 'pktspot_src_ip_packets_all_total', {
      interface: device,
    })
    t.equal(all, packets)
  }
})
