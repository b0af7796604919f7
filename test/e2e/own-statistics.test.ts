// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'

const skip = missingPrivilege() ?? false

const CONFIG = `user_statistics:
  - { name: R_RST, expr: RST / TCP }
  - { name: FRAMES, expr: PKTS + seconds - 1 }
plugins: [./mine.mjs]
`

const PLUGIN = `export default [
  { name: 'SIZE_OF_FRAME', requirement: ['BYTES', 'PKTS'], compute: ([bytes, frames]) => bytes / frames },
  { name: 'FAILING', requirement: ['PKTS'], compute() { throw new Error('not today') } },
]`

t.test('expressions and plugins are in /metrics, without a rebuild', { skip }, async (t) => {
  const link = await network(t)
  const folder = t.testdir({ 'c.yaml': CONFIG, 'mine.mjs': PLUGIN })
  const running = await startRun(t, ['-i', link.here, '-c', join(folder, 'c.yaml')])
  await link.send(FIXTURE, { loop: 5, perSecond: 1000 })
  const metrics = await (await running.get('/metrics')).text()
  for (const name of ['R_RST', 'FRAMES', 'SIZE_OF_FRAME', 'R_SYN']) {
    const series = new RegExp(
      `^pktspot_statistic_value\\{.*statistic="${name}",.*window="1".*\\} \\d`,
      'm',
    )
    t.match(metrics, series)
    t.match(metrics, new RegExp(`^pktspot_statistic_upper_threshold\\{.*statistic="${name}"`, 'm'))
  }
  t.match(metrics, /^pktspot_statistic_value\{.*statistic="FAILING".*window="1".*\} NaN$/m)
  t.match(metrics, /^pktspot_statistic_failures_total\{.*statistic="FAILING".*\} [1-9]/m)
  t.match(metrics, /^pktspot_statistic_failures_total\{.*statistic="R_SYN".*\} 0$/m)
  const told = running.log.filter((line) => line.includes('"statistic FAILING failed: not today'))
  t.ok(told.length > 0 && told.length <= 4, 'at most once a window length')
})

t.test('--stats computes nothing but what it names', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here, '--stats', 'R_SYN'])
  const metrics = await (await running.get('/metrics')).text()
  const names = [...metrics.matchAll(/^pktspot_statistic_value\{.*statistic="(\w+)"/gm)]
  t.same([...new Set(names.map(([, name]) => name))], ['R_SYN'])
})
