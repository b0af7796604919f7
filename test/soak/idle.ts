// SPDX-License-Identifier: Apache-2.0
/* Nothing to count: what the program itself takes. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { network } from '../support/netns.ts'
import { startRun } from '../support/running.ts'
import { lookAt, type Resident, slope } from './resident.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 30)
const SCRAPE_SECONDS = 15

t.test('an idle link', { timeout: (MINUTES + 5) * 60_000 }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  await sleep(10_000)
  const began = performance.now()
  const looks: Resident[] = [lookAt(running.pid, began)]
  while (performance.now() - began < MINUTES * 60_000) {
    await sleep(SCRAPE_SECONDS * 1000)
    await running.scrape()
    looks.push(lookAt(running.pid, began))
  }
  const [first, last] = [looks[0], looks.at(-1)]
  if (!first || !last) throw new Error('nothing was seen')
  const share = (last.cpuSeconds - first.cpuSeconds) / (last.at - first.at)
  t.ok(share < 0.01, 'less than a hundredth of a core')
  console.log(`# ${(100 * share).toFixed(2)} % of a core, a scrape every ${SCRAPE_SECONDS} s`)
  console.log(
    `# memory ${last.megabytes.toFixed(1)} MB, slope ${slope(looks).toFixed(2)} MB an hour`,
  )
})
