// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { numbers } from '../support/bytes.ts'
import { groupsIn } from '../support/group-json.ts'
import { network } from '../support/netns.ts'
import * as p from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { lines, pktspot, type TotalsRow } from '../support/replay.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { zipf } from '../support/zipf.ts'

const skip = missingPrivilege() ?? false
const SEED = 4711
const [FRAMES, KEYS, TOP] = [60_000, 5000, 20]
/** Far fewer candidates than keys. */
const TRACKED = 512

const GROUP = {
  control: {
    guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
    name: 'sources',
    description: 'Sources by packets and by bytes',
    bucketsize: 3600,
  },
  key: { fields: ['ip.src'] },
  meters: [
    [0, 'COUNTER', TOP, 0, 'Packets', 'packets', 'Pkts'],
    [1, 'COUNTER', TOP, 0, 'Bytes', 'bytes', 'B'],
  ],
  limits: { tracked: TRACKED, max_series: 2 * TOP },
}

const METERS = ['Packets', 'Bytes'] as const
type Sums = Map<string, number>

/** A capture of Zipf-distributed sources, and what each of them sent. */
function capture() {
  const [draw, random] = [zipf(KEYS, 1.2, SEED), numbers(SEED)]
  const truth = { Packets: new Map() as Sums, Bytes: new Map() as Sums }
  const add = (sums: Sums, source: string, amount: number): void =>
    void sums.set(source, (sums.get(source) ?? 0) + amount)
  const frames = Array.from({ length: FRAMES }, (_, at) => {
    const key = draw()
    const source = `10.${key % 7}.${key >> 8}.${key & 255}`
    const payload = new Uint8Array(Math.floor(random() * 200))
    const segment = p.tcp(4000, 443, p.FLAG.ack, payload)
    const data = p.padded(p.ethernet(p.TYPE.ipv4, p.ipv4(6, segment, { source })))
    add(truth.Packets, source, 1)
    add(truth.Bytes, source, data.length)
    return { at: 1_700_000_000_000_000_000n + BigInt(at) * 100_000n, data }
  })
  return { file: pcap(frames), truth }
}

/** Keys that are more than 5 % above the first that is left out: every list must have them. */
function clear(truth: Sums): readonly string[] {
  const falling = [...truth].sort(([, a], [, b]) => b - a)
  const [, beyond = 0] = falling[TOP] ?? []
  return falling.filter(([, count]) => count > 1.05 * beyond).map(([key]) => key)
}

/** Pairs that are listed the wrong way round although their counts differ by more than 5 %. */
function misplaced(list: readonly string[], truth: Sums): string[] {
  const count = (key: string): number => truth.get(key) ?? 0
  return list.flatMap((key, at) =>
    list
      .slice(at + 1)
      .filter((later) => count(later) > 1.05 * count(key))
      .map((later) => `${key} before ${later}`),
  )
}

t.test(
  'kernel and user space find the same top keys of a capture',
  { skip, timeout: 90_000 },
  async (t) => {
    t.comment(`seed ${SEED}`)
    const { file: bytes, truth } = capture()
    const folder = t.testdir()
    const [file, settings] = [join(folder, 'zipf.pcap'), join(folder, 'settings.yml')]
    await writeFile(file, bytes)
    /* JSON is YAML */
    await writeFile(settings, JSON.stringify({ counter_groups: [GROUP] }))

    const replayed = await pktspot(['replay', '--totals', '-c', settings, file])
    const [row] = lines<
      TotalsRow & { groups: Record<string, Record<string, { keys: Record<string, number> }>> }
    >(replayed.stdout)
    const lists = new Map([
      ['replay', METERS.map((meter) => Object.keys(row?.groups['sources']?.[meter]?.keys ?? {}))],
    ])
    const before = 3_600_000 - (Date.now() % 3_600_000)
    if (before < 40_000) await sleep(before)
    for (const mode of ['tcx', 'xdp-generic', 'packet-socket']) {
      const link = await network(t)
      const running = await startRun(t, ['-i', link.here, '--source', mode, '-c', settings])
      await link.send(file, { perSecond: 20_000 })
      await sleep(300)
      const metric = 'pktspot_sources_packets_all_total'
      t.equal(sample(await running.scrape(), metric), FRAMES, `${mode}: nothing is lost`)
      const answer = await running.get('/api/v1/groups/sources?bucket=running')
      const [group] = groupsIn(await answer.text())
      lists.set(mode, group?.meters.map(({ top }) => top?.map(({ key }) => key) ?? []) ?? [])
      await running.stop()
    }
    for (const [name, found] of lists) {
      for (const [at, meter] of METERS.entries()) {
        const list = found[at] ?? []
        const must = clear(truth[meter])
        t.equal(list.length, TOP)
        t.ok(must.length > TOP / 2, `${must.length} keys are clearly in the top`)
        t.same(
          must.filter((key) => !list.includes(key)),
          [],
          `${name}: no such key is missing by ${meter}`,
        )
        t.same(misplaced(list, truth[meter]), [], `${name}: in their order by ${meter}`)
      }
    }
  },
)
