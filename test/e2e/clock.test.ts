// SPDX-License-Identifier: Apache-2.0
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)
const PRELOAD = pathToFileURL(join(import.meta.dirname, '../support/shifted-date.js')).href
const HOUR = 3_600_000

t.test(
  'the clock is set back and forth while packets come',
  { skip, timeout: 60_000 },
  async (t) => {
    const file = join(t.testdir({ offset: '0' }), 'offset')
    const set = (milliseconds: number): void => {
      writeFileSync(`${file}.new`, String(milliseconds))
      renameSync(`${file}.new`, file)
    }
    const link = await network(t)
    const env = { NODE_OPTIONS: `--import ${PRELOAD}`, CLOCK_OFFSET_FILE: file }
    const running = await startRun(t, ['-i', link.here], { env })
    const began = performance.now()
    const sending = send?.(link, { rate: 5000, seconds: 12, keys: 100 })
    await sleep(3000)
    set(-HOUR)
    await sleep(4000)
    set(HOUR)
    await sleep(4000)
    set(0)
    const sent = await sending
    await sleep(3000)
    const elapsed = (performance.now() - began) / 1000

    const scrape = await running.scrape()
    const of = (name: string, labels = {}) =>
      sample(scrape, name, { interface: link.here, ...labels })
    t.equal(of('pktspot_receive_packets_total'), sent?.packets, 'every packet is counted')
    t.equal(of('pktspot_src_ip_packets_all_total'), sent?.packets, 'in the groups, too')
    const windows =
      of('pktspot_statistic_windows_total', { statistic: 'PKTS_RATE', window: '1' }) ?? 0
    t.ok(windows > elapsed - 3 && windows < elapsed + 6, `${windows} windows in ${elapsed} s`)
    const age = Date.now() / 1000 - (of('pktspot_last_window_timestamp_seconds') ?? 0)
    t.ok(age >= 0 && age < 3, `the last one ended ${age} s ago`)

    const lines = running.log.filter((line) => line.includes('the clock was set'))
    for (const line of lines) t.comment(line)
    t.same(
      lines.map((line) => /set (back|forward) by (\d+)/.exec(line)?.slice(1, 3)),
      [
        ['back', '3600'],
        ['forward', '7200'],
        ['back', '3600'],
      ],
      'one line a step',
    )
  },
)
