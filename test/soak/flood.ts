// SPDX-License-Identifier: Apache-2.0
/* As many packets as a veth pair takes, a scrape a second, a reload every ten: memory, lateness and losses. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { network } from '../support/netns.ts'
import { startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { trafficSender } from '../support/sender.ts'
import { lookAt, type Resident, slope } from './resident.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 20)
/** Memory grows until caches, pools and the first long windows are full. */
const WARM_SECONDS = Math.min(300, MINUTES * 15)

const counters = (rst: string) =>
  `web: { reload: true }\nlimits: { cpu: null }\ncounters:\n  - { name: OWN_SYN, help: TCP segments with SYN set, layer: TCP, filter: "tcp[tcpflags] & tcp-syn != 0" }\n  - { name: ${rst}, help: TCP segments with RST set, layer: TCP, filter: "tcp[tcpflags] & tcp-rst != 0" }\n`

t.test('a flood', { timeout: (MINUTES + 10) * 60_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-soak-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const settings = join(folder, 'pktspot.yaml')
  await writeFile(settings, counters('OWN_RST'))
  const link = await network(t)
  const send = await trafficSender(t)
  const burst = await send(link, { rate: 5e6, seconds: 0.5 })
  const capacity = burst.packets / burst.seconds
  const running = await startRun(t, ['-i', link.here, '-c', settings])
  const sending = send(link, { rate: 2 * capacity, seconds: MINUTES * 30, churnSeconds: 60 })
  const state = { over: false }
  const sent = sending.finally(() => {
    state.over = true
  })

  const began = performance.now()
  const looks: Resident[] = []
  let late = 0
  let slowest = 0
  for (let second = 0; !state.over; second++) {
    const from = performance.now()
    const scrape = await running.scrape()
    slowest = Math.max(slowest, performance.now() - from)
    late = Math.max(late, sample(scrape, 'pktspot_window_lateness_seconds') || 0)
    if (second % 10 === 0) {
      looks.push(lookAt(running.pid, began))
      await writeFile(settings, counters(second % 20 === 0 ? 'OWN_RST' : 'OWN_RESET'))
      process.kill(running.pid, 'SIGHUP')
    }
    await sleep(Math.max(0, 1000 - (performance.now() - from)))
  }
  const { packets, bytes, seconds } = await sent
  await sleep(1500)
  const scrape = await running.scrape()
  const count = (name: string) => total(scrape, `pktspot_receive_${name}_total`)
  const warm = looks.filter(({ at }) => at > WARM_SECONDS)
  t.equal(count('packets'), packets, 'every packet is counted')
  t.equal(count('bytes'), bytes, 'and every byte')
  t.equal(total(scrape, 'pktspot_source_lost_packets_total'), 0, 'nothing is lost')
  t.equal(total(scrape, 'pktspot_config_last_reload_successful'), 1, 'the last reload was good')
  const last = looks.at(-1)
  console.log(
    `# ${packets} packets in ${seconds.toFixed(0)} s, ${(packets / seconds / 1000).toFixed(0)} kpps`,
  )
  console.log(
    `# memory ${last?.megabytes.toFixed(1)} MB, slope ${slope(warm).toFixed(2)} MB an hour`,
  )
  console.log(`# most memory ${Math.max(...looks.map(({ megabytes }) => megabytes)).toFixed(1)} MB`)
  console.log(`# latest window ${late.toFixed(3)} s late, slowest scrape ${slowest.toFixed(0)} ms`)
  console.log(`# ${looks.length} reloads; log: ${running.log.length} lines`)
})

function total(scrape: Scrape, name: string): number {
  const found = [...scrape].filter(([series]) => series.replace(/\{.*/, '') === name)
  return found.reduce((sum, [, value]) => sum + value, 0)
}
