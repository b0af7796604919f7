// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { demo } from '../fixtures/demo-frames.ts'
import { type Prometheus, startPrometheus } from '../grafana/prometheus.ts'
import { listings, selectors, substituted } from '../grafana/queries.ts'
import { panelsOf, RULES, readDashboards, readRules } from '../grafana/shipped.ts'
import { network } from '../support/netns.ts'
import { padded } from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { pktspot } from '../support/replay.ts'
import { startRun } from '../support/running.ts'

const skip =
  missingPrivilege() ??
  (spawnSync('prometheus', ['--version']).status !== 0 && 'prometheus is not on PATH')

const SETTINGS = `windows: [1, 2, 10, 60]
spot: { n_init: 50 }
counter_groups: [flows]
otlp: { enabled: true }
state: { interval: 5s }
`

/** Length of the demonstration. */
const DEMO_SECONDS = 120

/** Queries that are empty for a while, and why. */
const EMPTY: readonly (readonly [query: RegExp, reason: string])[] = [
  [/tail="lower".*\[.*\] *\)? > 0$/, 'nothing was below a lower threshold'],
]

/** Alerts that are about what does not happen here; all that they ask for is there. */
const SILENT = (query: string) => `alerts are silent: ${query.replaceAll(/\s+/g, ' ')}`

t.setTimeout(150_000)

t.test('every query has an answer', { skip }, async (t) => {
  const link = await network(t)
  const { prometheus, target } = await standing(t, link)
  const variables = {
    __rate_interval: '10s',
    __interval: '5s',
    __range: '2m',
    datasource: 'prometheus',
    instance: target,
    interface: link.here,
    window: '1',
    statistic: 'SYN_ONLY_RATE',
  }

  for (const [name, dashboard] of readDashboards()) {
    await t.test(name, async (t) => {
      for (const listing of listings(dashboard)) {
        const query = substituted(listing, variables)
        t.ok((await prometheus.ask(query)).length > 0, `variable: ${query}`)
      }
      for (const { title, targets = [] } of panelsOf(dashboard)) {
        for (const { expr, refId, instant = false } of targets) {
          const query = substituted(expr, variables)
          const found = await (instant ? prometheus.ask(query) : prometheus.over(query, 120))
          const [, reason] = EMPTY.find(([empty]) => empty.test(query)) ?? []
          if (found.length === 0 && reason) t.comment(`${title} ${refId} is empty: ${reason}`)
          else t.ok(found.length > 0, `${title} ${refId}: ${query}`)
        }
      }
    })
  }

  await t.test('rules', async (t) => {
    for (const { alert, record, expr } of readRules()) {
      const found = await prometheus.ask(record ?? expr)
      if (record) t.ok(found.length > 0, record)
      else if (found.length === 0) t.comment(`${alert}: ${SILENT(expr)}`)
      for (const selector of selectors(expr)) {
        const query = selector.replace(/^up\b.*/, 'up')
        t.ok((await prometheus.ask(query)).length > 0, `${alert ?? record}: ${query}`)
      }
    }
    const flood = await prometheus.ask(
      'ALERTS{alertname="PktspotTrafficAnomaly",alertstate="firing"}',
    )
    t.match(flood, [{ metric: { interface: link.here, severity: 'critical' } }], 'the flood pages')
  })
})

/** A `run` with thresholds under ordinary traffic until its groups show keys, then a flood; Prometheus watches. */
async function standing(
  t: Test,
  link: Awaited<ReturnType<typeof network>>,
): Promise<{ prometheus: Prometheus; target: string }> {
  const folder = t.testdir({ state: {} })
  const file = (name: string): string => join(folder, name)
  const [config, state] = [file('c.yaml'), file('state')]
  const [learned, traffic] = [file('learned.pcap'), file('traffic.pcap')]
  writeFileSync(config, SETTINGS)
  const whole = demo().map(({ at, data }) => ({ at, data: padded(data) }))
  const perSecond = Math.round(whole.length / DEMO_SECONDS)
  writeFileSync(learned, pcap(whole))
  writeFileSync(traffic, pcap(whole.slice(0, 10 * perSecond)))
  const learn = ['replay', '-c', config, '--save-state', state, '-i', link.here]
  t.match(await pktspot([...learn, ...Array<string>(5).fill(learned)]), { code: 0, stderr: '' })

  const running = await startRun(t, ['-i', link.here, '-c', config], {
    env: {
      PKTSPOT_STATE_DIRECTORY: state,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_METRIC_EXPORT_INTERVAL: '2000',
    },
  })
  const prometheus = await startPrometheus(t, { target: running.address, rules: RULES })
  const stop = new AbortController()
  const sending = (async () => {
    while (!stop.signal.aborted) await link.send(traffic, { perSecond })
  })()
  try {
    /* keys get their series at the end of a bucket, at whole minutes */
    await shown(prometheus, 'pktspot_flows_bytes_total{otel_metric_overflow=""}', 75)
    await link.send(FIXTURE, { loop: 60, perSecond: 10_000 })
    await shown(prometheus, 'ALERTS{alertname="PktspotTrafficAnomaly",alertstate="firing"}', 45)
    await sleep(3000)
  } finally {
    stop.abort()
    await sending
  }
  return { prometheus, target: running.address }
}

async function shown(prometheus: Prometheus, query: string, seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(250)) {
    if ((await prometheus.ask(query)).length > 0) return
  }
  throw new Error(`${query} has no answer after ${seconds} s`)
}
