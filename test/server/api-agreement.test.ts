// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { withLongerWindows } from '../../src/capture/longer-windows.ts'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { createNdjsonExporter } from '../../src/exporters/ndjson.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import { createMonitors } from '../../src/monitor/by-length.ts'
import { run } from '../../src/run.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'
import { observed } from '../exporters/fixture.ts'
import { uniform } from '../spot/streams.ts'
import { type Frame, pcap } from '../support/pcap.ts'
import { lines } from '../support/replay.ts'
import { parseScrape, sample } from '../support/scrape.ts'
import { frame } from '../support/timeline.ts'
import { serveLatest, statisticsAt } from './serving.ts'

const SEED = 41
const SECONDS = 900
const PERIODS = [1, 5]
const SPOT = {
  false_alarms_per_day: 1,
  q: 1e-3,
  level: 0.9,
  n_init: 100,
  depth: 0,
  max_excess: 200,
  max_event: 60,
  hold_off: 5,
}

interface Standing {
  readonly verdict: string | null
  readonly tail: string | null
}

/** A line of `replay`: a window's data, or an alarm. */
interface Line {
  readonly kind: 'data' | 'alarm'
  readonly window: number
  readonly statistic?: string
  readonly tail?: string
  readonly id?: string
  readonly statistics?: Readonly<Record<string, Standing>>
}

/** Varying traffic with floods, one of them longer than an event may last, and two silences. */
function traffic(): Frame[] {
  const next = uniform(SEED)
  return Array.from({ length: SECONDS }, (_, second) => {
    const flood = second % 200 === 199 || (second >= 650 && second < 750)
    const silence = (second >= 560 && second < 563) || second === 840
    const count = silence ? 0 : (flood ? 120 : 12) + Math.floor(12 * next())
    return Array.from({ length: count }, (_, i) => frame(second + i / 1000, i))
  }).flat()
}

t.test('alarms, verdicts, the API and /metrics count the same anomalies and events', async (t) => {
  const path = join(t.testdir({ 'a.pcap': Buffer.from(pcap(traffic())) }), 'a.pcap')
  await using source = await openCaptureFile(path)
  const { name, catalog } = source
  const builtin = await loadBuiltinStatistics()
  const statistics = builtin.filter((each) => ['PKTS_RATE', 'SYN_ONLY_RATE'].includes(each.name))
  const sources = [observed(name, { catalog })]
  const shown = { sources, statistics, base: 1, periods: PERIODS, version: '1' }
  await using metrics = createPrometheusExporter({ ...shown })
  let text = ''
  const write = (more: string) => {
    text += more
  }
  await using records = createNdjsonExporter({ catalog, write })
  const { signal } = new AbortController()
  await run(
    withLongerWindows(source, PERIODS),
    createMonitors({ statistics, catalog, spot: SPOT, periods: PERIODS, sources: 1 }),
    [records, metrics],
    { seconds: 1, signal },
  )

  const written = lines<Line>(text)
  const { body } = await metrics.render('application/openmetrics-text')
  const scrape = parseScrape(body.replaceAll(/ # \{.*/g, ''))
  await using serving = await serveLatest(metrics.latest)
  const found = await statisticsAt(serving, '/api/v1/statistics')
  t.equal(found.length, 4)
  const events = { upper: 0, lower: 0 }
  for (const { name: statistic, window, tails } of found) {
    for (const [tail, standing] of Object.entries(tails)) {
      const what = `${statistic} ${window} s ${tail}`
      const mine = written.filter((line) => line.window === window)
      const alarms = mine.filter((line) => line.statistic === statistic && line.tail === tail)
      const anomalies = mine.filter((line) => {
        const said = line.statistics?.[statistic]
        return said?.verdict === 'anomaly' && said.tail === tail
      })
      const labels = { statistic, window: String(window), tail }
      const metric = (of: string) => sample(scrape, `pktspot_statistic_${of}`, labels)
      t.equal(standing['events'], alarms.length, `${what}: an alarm record an event`)
      t.equal(standing['events'], metric('events_total'), `${what}: events`)
      t.equal(standing['anomalies'], anomalies.length, `${what}: verdicts`)
      t.equal(standing['anomalies'], metric('anomalies_total'), `${what}: anomalies`)
      t.equal(standing['excesses'], metric('excesses_total'), `${what}: excesses`)
      t.equal(Number(standing['event_open']), metric('event_open'), `${what}: event open`)
      const exemplar = body
        .split('\n')
        .find((line) =>
          line.startsWith(
            `pktspot_statistic_anomalies_total{interface="${name}",statistic="${statistic}",window="${window}",tail="${tail}"}`,
          ),
        )
      const [, id] = /# \{alarm_id="(.*)"\}/.exec(exemplar ?? '') ?? []
      t.equal(id, alarms.at(-1)?.id, `${what}: the exemplar leads to the last alarm`)
      const { id: shownId } = (standing['last_alarm'] ?? {}) as { id?: string }
      t.equal(shownId, id, `${what}: the API's, too`)
      if (window === 1) events[tail as 'upper' | 'lower'] += alarms.length
    }
  }
  t.ok(events.upper >= 6 && events.lower >= 1, JSON.stringify(events))
  const [base] = await statisticsAt(serving, '/api/v1/statistics/PKTS_RATE?window=1')
  t.match(base, { recalibrations: 1 }, 'the long flood was accepted, and nothing was forgotten')
})
