// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ownEnvironment } from '../support/environment.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { pktspot } from '../support/replay.ts'
import { packageRoot } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? false
const DEMO = join(packageRoot, 'test/fixtures/demo.pcap')
const BY = { statistic: 'PKTS_RATE', window: '1' }

async function first(running: Running, name: string): Promise<number> {
  for (let i = 0; i < 100; i++, await sleep(20)) {
    const scrape = await running.scrape()
    if ((sample(scrape, 'pktspot_statistic_windows_total', BY) ?? 0) > 0) {
      return sample(scrape, name, BY) ?? Number.NaN
    }
  }
  throw new Error('no window')
}

t.test('run goes on after SIGTERM and SIGKILL', { skip }, async (t) => {
  const { here } = await network(t)
  const directory = join(t.testdir(), 'state')
  const env = {
    PKTSPOT_STATE_DIRECTORY: directory,
    PKTSPOT_STATE_INTERVAL: '1s',
    PKTSPOT_SPOT_N_INIT: '50',
  }
  const replay = ['replay', '--save-state', directory, '-i', here, DEMO]
  t.equal((await pktspot(replay, { env: { ...ownEnvironment(), ...env } })).code, 0)
  const restored = async (running: Running) =>
    sample(await running.scrape(), 'pktspot_state_restored_detectors', {}) ?? 0
  const upper = 'pktspot_statistic_upper_threshold'

  const one = await startRun(t, ['-i', here], { env })
  const threshold = await first(one, upper)
  t.ok(threshold > 0, `a threshold of ${threshold} at the first window`)
  t.ok((await restored(one)) >= 40)
  t.match(await one.stop('SIGTERM'), { code: 0 })

  const two = await startRun(t, ['-i', here], { env })
  t.equal(await first(two, upper), threshold)
  /* more than one interval, and a moment for the disk */
  await sleep(1500)
  const written = 'pktspot_state_last_snapshot_timestamp_seconds'
  const age = Date.now() / 1000 - (sample(await two.scrape(), written, {}) ?? 0)
  t.ok(age < 2, `the last snapshot is ${age} s old`)
  t.equal(sample(await two.scrape(), 'pktspot_state_snapshot_success', {}), 1)
  t.match(await two.stop('SIGKILL'), { signal: 'SIGKILL' })

  const three = await startRun(t, ['-i', here], { env })
  t.equal(await first(three, upper), threshold)
  t.ok((await restored(three)) >= 40)
  await three.stop()
  t.same(readdirSync(directory), [`${here}.pktspot-state`])
})

t.test('without a place for its memory it counts all the same', { skip }, async (t) => {
  const { here } = await network(t)
  const directory = '/proc/pktspot'
  const running = await startRun(t, ['-i', here], { env: { PKTSPOT_STATE_DIRECTORY: directory } })
  await first(running, 'pktspot_statistic_value')
  t.equal(sample(await running.scrape(), 'pktspot_state_snapshot_success', {}), 0)
  const told = running.log.filter((line) => line.includes('thresholds are not kept'))
  t.equal(told.length, 1)
  t.match(told[0], directory)
  t.match(await running.stop(), { code: 0 })
  t.notOk(existsSync(directory))
})
