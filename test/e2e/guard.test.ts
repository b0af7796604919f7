// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { type Running, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)

const SETTINGS = {
  limits: { cpu: '0.1%' },
  windows: [1],
  counters: [{ name: 'SMALL', help: 'Small UDP', layer: 'UDP', filter: 'udp and less 100' }],
  user_statistics: [{ name: 'SMALL_RATE', help: 'Small UDP a second', expr: 'SMALL / seconds' }],
}

/** What a scrape says of the guard. */
function told(scrape: Scrape, device: string) {
  const of = (name: string, labels = {}) => sample(scrape, name, { interface: device, ...labels })
  const statistic = (name: string) => of('pktspot_statistic_value', { statistic: name })
  return {
    level: of('pktspot_guard_level'),
    sheds: ['filters', 'groups', 'interface'].map((reason) =>
      of('pktspot_guard_sheds_total', { reason }),
    ),
    up: of('pktspot_source_up'),
    rate: statistic('PKTS_RATE'),
    small: statistic('SMALL_RATE'),
    group: of('pktspot_src_ip_packets_all_total'),
    seconds: of('pktspot_program_run_seconds_total') ?? 0,
  }
}

/** Scrapes until the level is as wanted; gives every different standing on the way. */
async function until(running: Running, device: string, level: number, seconds: number) {
  const seen = []
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(250)) {
    const now = told(await running.scrape(), device)
    seen.push(now)
    if (now.level === level) break
  }
  return seen
}

const steps = (seen: readonly { level: number | undefined }[]): (number | undefined)[] =>
  seen.map(({ level }) => level).filter((level, at, all) => level !== all[at - 1])

for (const mode of ['tcx', 'packet-socket']) {
  t.test(`${mode}: sheds in order, and comes back`, { skip, timeout: 150_000 }, async (t) => {
    const file = join(t.testdir(), 'settings.yml')
    /* JSON is YAML */
    await writeFile(file, JSON.stringify(SETTINGS))
    const link = await network(t)
    const running = await startRun(t, ['-i', link.here, '--source', mode, '-c', file])
    const before = await link.received()
    const sending = send?.(link, { rate: 100_000, seconds: 16, keys: 1000 })
    const down = await until(running, link.here, 3, 20)
    t.same(steps(down), [0, 1, 2, 3], 'filters, groups, the interface')
    const first = down.find(({ level }) => level === 1)
    t.ok((first?.seconds ?? 0) > 0, `${first?.seconds} s of run time by then`)
    await sleep(2500)
    const shed = told(await running.scrape(), link.here)
    t.match(shed, { level: 3, up: 0, sheds: [1, 1, 1] })
    t.same([shed.rate, shed.small], [Number.NaN, Number.NaN], 'windows say nothing')
    await sleep(1500)
    t.equal(told(await running.scrape(), link.here).group, shed.group, 'and nothing is counted')
    const sent = await sending
    const { packets } = await link.received()
    t.equal(packets - before.packets, sent?.packets, 'every packet arrived')
    t.comment(`${sent?.packets} packets in ${sent?.seconds} s`)

    const up = await until(running, link.here, 0, 60)
    t.same(steps(up), [3, 2, 1, 0], 'back in reverse order')
    await sleep(2500)
    const back = told(await running.scrape(), link.here)
    t.match(back, { up: 1, rate: 0, small: 0, sheds: [1, 1, 1] })
    const again = await send?.(link, { rate: 1000, seconds: 1 })
    const after = told(await running.scrape(), link.here)
    t.equal((after.group ?? 0) - (back.group ?? 0), again?.packets, 'counted again, all of it')
    const lines = running.log.filter((line) => line.includes('guard: '))
    for (const line of lines) t.comment(line)
    t.equal(lines.length, 6, 'one line a step')
    const alarms = running.log.filter((line) => line.includes('lower'))
    t.same(alarms, [], 'no false alarm')
  })
}
