// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { uniform } from '../../spot/streams.ts'
import { ownEnvironment } from '../../support/environment.ts'

const WRITER = fileURLToPath(new URL('./restarting.js', import.meta.url))
const WRITES = 1000
const KILLS = 25
const LONGEST_MS = 200_000

/** One life of the writer, from its start until it is killed. */
interface Life {
  readonly lines: readonly string[]
  readonly snapshots: number
}

async function live(directory: string, random: () => number): Promise<Life> {
  const child = spawn(process.execPath, [WRITER, directory], {
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  while (!text.includes('written') && child.exitCode === null) await sleep(1)
  await sleep(random() * 300)
  child.kill('SIGKILL')
  await ended
  const lines = text.split('\n').slice(0, -1)
  return { lines, snapshots: lines.filter((line) => line.startsWith('written')).length }
}

t.test('killed in the middle of writing, it always restarts from a whole snapshot', async (t) => {
  const seed = Number(process.env['PKTSPOT_TEST_SEED'] ?? Date.now() % 1_000_000)
  t.comment(`seed ${seed} (PKTSPOT_TEST_SEED)`)
  const random = uniform(seed)
  const directory = t.testdir()
  const end = Date.now() + LONGEST_MS
  let [writes, kills, midway, known] = [0, 0, 0, 0]
  while ((writes < WRITES || kills < KILLS) && Date.now() < end) {
    const { lines, snapshots } = await live(directory, random)
    const [, detectors, least = 0, most] = (lines[0] ?? '').split(' ').map(Number)
    t.equal(detectors, kills === 0 ? 0 : 40, 'all detectors are restored')
    t.equal(least, most, 'of one moment')
    t.ok(least >= known, `${least} values, no fewer than the ${known} that were surely written`)
    t.same(
      lines.filter((line) => line.startsWith('warn')),
      [],
    )
    known = Math.max(known, ...lines.map((line) => Number(/^written (\d+)/.exec(line)?.[1] ?? 0)))
    writes += snapshots
    kills++
    if (readdirSync(directory).some((name) => name.endsWith('.tmp'))) midway++
    t.ok(readdirSync(directory).length <= 2, 'nothing piles up')
  }
  t.comment(`${kills} kills, ${midway} of them in the middle of a write, in ${writes} writes`)
  t.ok(writes >= WRITES, `${writes} writes`)
  t.ok(midway > 0, `${midway} kills left a half-written file`)
})
