// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false

/** Milliseconds. */
const HOUR = 3_600_000

interface Counters {
  readonly counters: readonly [{ readonly counters: Readonly<Record<string, number>> }]
}

interface Statistics {
  readonly statistics: readonly { readonly name: string; readonly windows: number }[]
}

t.test('the API tells the packets so far before any window has ended', { skip }, async (t) => {
  const link = await network(t)
  /* windows of an hour end with the hour */
  const left = HOUR - (Date.now() % HOUR)
  if (left < 20_000) await sleep(left)
  const running = await startRun(t, ['-i', link.here, '--period', '3600'])
  const get = async <T>(path: string): Promise<T> => (await (await running.get(path)).json()) as T
  let sent = 0
  for (const loop of [1, 3]) {
    sent += (await link.send(FIXTURE, { loop })).packets
    const read = async () => (await get<Counters>('/api/v1/counters')).counters[0].counters
    t.equal((await settled(read, sent))['PKTS'], sent)
  }
  const { statistics } = await get<Statistics>('/api/v1/statistics')
  t.ok(statistics.length > 20)
  for (const { name, windows } of statistics) t.equal(windows, 0, name)
})

t.test(
  'the API tells of the interface, and of statistics once a window ended',
  { skip },
  async (t) => {
    const link = await network(t)
    const running = await startRun(t, ['-i', link.here])
    const interfaces = await (await running.get('/api/v1/interfaces')).json()
    t.match(interfaces, { interfaces: [{ name: link.here, up: true, reattachments: 0 }] })
    await link.send(FIXTURE, { perSecond: 2000 })
    await sleep(1100)
    const answer = await running.get('/api/v1/statistics/R_SYN?window=1&value=0.5')
    t.equal(answer.headers.get('content-type'), 'application/json')
    t.match(await answer.json(), {
      statistics: [{ verdict: 'learning', tails: { upper: { probability_of_value: null } } }],
    })
  },
)
