// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)

/** As many sources as are listed, so that a forged one is never among them by right. */
const GROUP = {
  control: {
    guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
    name: 'sources',
    description: 'Sources',
    bucketsize: 2,
  },
  key: { fields: ['ip.src'] },
  meters: [[0, 'COUNTER', 10, 0, 'Packets', 'packets', 'Pkts']],
  limits: { tracked: 4096, max_series: 40, hold: '1s', linger: 1 },
}
const STEADY = { rate: 2000, keys: 10, exponent: 0.3 }

async function standing(running: Running, device: string) {
  const scrape = await running.scrape()
  /* reasons of drops are the host's, each from its first drop on */
  const series = [...scrape.keys()].filter((name) => /^pktspot_(?!kernel_dropped_)/.test(name))
  const labels = { interface: device, group: 'sources' }
  return {
    series: series.sort(),
    bytes: sample(scrape, 'pktspot_group_table_bytes', labels),
    resident: sample(scrape, 'process_resident_memory_bytes') ?? 0,
    total: sample(scrape, 'pktspot_sources_packets_all_total', { interface: device }) ?? 0,
    evictions: sample(scrape, 'pktspot_group_evictions_total', labels) ?? 0,
  }
}

for (const mode of ['tcx', 'xdp-generic', 'packet-socket']) {
  t.test(
    `${mode}: a flood of spoofed sources changes neither series nor memory`,
    { skip, timeout: 60_000 },
    async (t) => {
      const file = join(t.testdir(), 'settings.yml')
      /* JSON is YAML */
      await writeFile(file, JSON.stringify({ counter_groups: [GROUP, '!src_ip', '!dst_port'] }))
      const link = await network(t)
      const running = await startRun(t, ['-i', link.here, '--source', mode, '-c', file])
      const sending = send?.(link, { ...STEADY, seconds: 13 })
      await sleep(6500)
      const before = await standing(running, link.here)
      const forged = await send?.(link, { rate: 50_000, seconds: 4, flood: true })
      const during = await standing(running, link.here)
      await sending
      await sleep(200)
      const after = await standing(running, link.here)
      const keys = before.series.filter((name) => name.startsWith('pktspot_sources_packets_total'))
      t.equal(keys.length, 11, 'ten sources and other')
      for (const [when, now] of Object.entries({ during, after })) {
        t.same(now.series, before.series, `the series ${when} the flood`)
        t.equal(now.bytes, before.bytes, `the table ${when} the flood`)
      }
      t.ok(after.evictions > 1000, `${after.evictions} candidates gave way`)
      t.equal(after.total, 13 * STEADY.rate + (forged?.packets ?? 0), 'every packet is counted')
      const grown = (after.resident - before.resident) / 2 ** 20
      t.comment(`the process grew by ${grown.toFixed(1)} MiB`)
      t.ok(grown < 24, `by ${grown} MiB`)
    },
  )
}
