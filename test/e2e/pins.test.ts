// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type Network, network } from '../support/netns.ts'
import { missingPins, pinsDirectory } from '../support/pins.ts'
import { type Running, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPins() ?? false
const send = skip ? undefined : await trafficSender(t)
const { PKTSPOT_TEST_ROUNDS = '6' } = process.env
const ROUNDS = { tcx: Number(PKTSPOT_TEST_ROUNDS), 'xdp-generic': 2 } as const
const RATE = 100_000
const SHOWN_FOR = 2500

const settings = {
  counters: [
    { name: 'ALL_TCP', help: 'All TCP', layer: 'TCP', filter: 'tcp' },
    { name: 'ALL_TCP_BYTES', help: 'Bytes of all TCP', layer: 'TCP', filter: 'tcp', add: 'bytes' },
  ],
  counter_groups: [
    {
      control: {
        guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
        name: 'Senders',
        description: 'Whose series come and go',
        bucketsize: 1,
      },
      filter: 'tcp or udp',
      key: { fields: ['ip.src'] },
      meters: [
        [0, 'COUNTER', 5, 0, 'Packets', 'Packets', 'Pkts'],
        [1, 'COUNTER', 5, 0, 'Bytes', 'Bytes', 'B'],
      ],
      limits: { hold: '3s', linger: 1 },
    },
  ],
}

/** All that goes on; what the kernel drops is counted by a program that ends with the process. */
const COUNTERS = /^pktspot_(?!dropped)\w+(?:_total|_bucket|_count|_sum)\{/

/** What scrapes one after another said of one interface: what ended keeps its last value. */
function watcher(t: Test, device: string) {
  const last = new Map<string, number>()
  let scrapes = 0
  return {
    last,
    get scrapes() {
      return scrapes
    },
    see(scrape: Scrape, when: string): void {
      scrapes++
      for (const [series, value] of scrape) {
        if (!COUNTERS.test(series) || !series.includes(`interface="${device}"`)) continue
        const before = last.get(series) ?? 0
        if (value < before) t.fail(`${when}: ${series} fell from ${before} to ${value}`)
        last.set(series, value)
      }
    },
    /** Adds up the series of a metric, `other` among them. */
    sum(metric: string): number {
      const own = [...last].filter(([series]) => series.startsWith(`${metric}_total{`))
      return own.reduce((sum, [, value]) => sum + value, 0)
    },
  }
}

async function scrapeFor(running: Running, milliseconds: number, see: (scrape: Scrape) => void) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(150)) {
    see(await running.scrape())
  }
}

/** Sends until it is told to stop; each few seconds other sources are the first. */
function stream(link: Network) {
  const sent = { packets: 0, bytes: 0 }
  let isOn = true
  async function run(): Promise<void> {
    for (let seed = 1; isOn; seed++) {
      const traffic = { rate: RATE, seconds: 4, keys: 50, seed, churnSeconds: 2 }
      const { packets = 0, bytes = 0 } = (await send?.(link, traffic)) ?? {}
      sent.packets += packets
      sent.bytes += bytes
    }
  }
  const ended = run()
  ended.catch(() => undefined)
  return {
    async stop() {
      isOn = false
      await ended
      return sent
    },
  }
}

async function inForce(t: Test, directory: string, more: object = {}) {
  const file = join(t.testdir(), 'settings.yml')
  const state = { directory: join(t.testdirName, 'state'), interval: '2s' }
  const pins = { enabled: true, directory }
  const spot = { n_init: 50 }
  await writeFile(
    file,
    JSON.stringify({ ...settings, state, pins, spot, windows: [1, 2], ...more }),
  )
  return file
}

for (const source of ['tcx', 'xdp-generic'] as const) {
  const rounds = ROUNDS[source]
  const timeout = (rounds * 40 + 60) * 1000
  t.test(`${source} counts every packet over restarts`, { skip, timeout }, async (t) => {
    const link = await network(t)
    const directory = pinsDirectory(t)
    const args = ['-i', link.here, '-c', await inForce(t, directory), '--source', source]
    const watch = watcher(t, link.here)
    let running = await startRun(t, args, { timeout: 60_000 })
    const sending = stream(link)
    for (let round = 0; round < rounds; round++) {
      const when = `round ${round}`
      await scrapeFor(running, SHOWN_FOR, (scrape) => watch.see(scrape, when))
      const signal = round % 2 === 0 ? 'SIGTERM' : 'SIGKILL'
      const ended = await running.stop(signal)
      t.match(ended, signal === 'SIGTERM' ? { code: 0 } : { signal: 'SIGKILL' })
      running = await startRun(t, args, { timeout: 60_000 })
      t.ok(
        running.log.some((line) => line.includes('where it was left')),
        `${when} goes on`,
      )
      t.same(
        running.log.filter((line) => line.includes('anew')),
        [],
      )
    }
    let isSending = true
    const done = sending.stop().finally(() => {
      isSending = false
    })
    /* a series that ends must have been seen at its last value */
    while (isSending) await scrapeFor(running, 500, (scrape) => watch.see(scrape, 'at last'))
    const sent = await done
    await scrapeFor(running, 2500, (scrape) => watch.see(scrape, 'afterwards'))
    const scrape = await running.scrape()
    watch.see(scrape, 'at the end')
    const of = (name: string) => sample(scrape, `pktspot_${name}_total`, { interface: link.here })

    t.equal(of('receive_packets'), sent.packets, 'every packet')
    t.equal(of('receive_bytes'), sent.bytes, 'and byte')
    t.equal((await link.received()).packets, sent.packets)
    const [tcp, udp] = [of('receive_tcp_packets'), of('receive_udp_packets') ?? 0]
    t.equal(of('receive_all_tcp_packets'), tcp, 'the counter by a filter')
    for (const group of ['senders', 'protocols']) {
      const metric = `pktspot_${group}_packets`
      t.equal(watch.sum(metric), sample(scrape, `${metric}_all_total`, { interface: link.here }))
    }
    t.equal(of('senders_packets_all'), (tcp ?? 0) + udp, 'the group by a filter')
    t.equal(of('senders_bytes_all'), watch.sum('pktspot_senders_bytes'))
    const group = { group: 'Senders' }
    const demotions = sample(scrape, 'pktspot_group_demotions_total', group) ?? 0
    t.ok((sample(scrape, 'pktspot_group_promotions_total', group) ?? 0) > 0, 'series began')
    const windows = { statistic: 'PKTS_RATE', window: '1' }
    const seen = sample(scrape, 'pktspot_statistic_windows_total', windows) ?? 0
    t.ok(seen > rounds, `${seen} windows`)
    const sums = `${rounds} restarts, ${watch.scrapes} scrapes, ${sent.packets} packets`
    t.comment(`${sums}, ${demotions} series ended, ${seen} windows`)
    t.match(await running.stop(), { code: 0 })
  })
}
