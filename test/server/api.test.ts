// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { observed, report } from '../exporters/fixture.ts'
import { latestOf, serveLatest, statisticsAt } from './serving.ts'

const ALARM = {
  id: '49eb280ecf9e6e2e',
  time: '2023-11-14T22:13:20.000Z',
  value: 0.9,
  threshold: 0.875,
  probability: 0.00001,
}

const COUNTING = { anomalies: 4, events: 2, excesses: 40 }

t.test(
  'lists every statistic of every interface and window length, as last reported',
  async (t) => {
    const sources = [observed('eth0'), observed('eth1')]
    const latest = latestOf({ sources, periods: [1, 10] })
    latest.publish(report('eth0'))
    await using serving = await serveLatest(latest)
    const found = await statisticsAt(serving, '/api/v1/statistics')
    t.same(
      found.map((each) => [each.interface, each.name, each.window]),
      ['eth0', 'eth1'].flatMap((source) =>
        ['R_SYN', 'AVG_PKT_SIZE', 'PERF'].flatMap((name) => [1, 10].map((s) => [source, name, s])),
      ),
    )
    t.same(found[0], {
      name: 'R_SYN',
      help: 'Share of packets that open a connection',
      unit: 'ratio',
      interface: 'eth0',
      window: 1,
      time: '2023-11-14T22:13:20.000Z',
      value: 0.9,
      upper: 0.875,
      lower: null,
      verdict: 'anomaly',
      tail: 'upper',
      probability: 0.00001,
      state: 'calibrated',
      calibration_ratio: 1,
      recent_max: 1.15,
      recent_min: 0.65,
      windows: 1000,
      failures: 0,
      recalibrations: 1,
      tails: {
        upper: {
          state: 'calibrated',
          calibration_ratio: 1,
          excess_threshold: 0.5,
          false_alarm_ratio: 0.0001,
          ...COUNTING,
          event_open: true,
          last_alarm: ALARM,
        },
      },
    })
  },
)

t.test('a statistic that learns has nulls, and one that is never judged no tails', async (t) => {
  const latest = latestOf()
  latest.publish(report('eth0'))
  await using serving = await serveLatest(latest)
  const [, size, perf] = await statisticsAt(serving, '/api/v1/statistics')
  t.match(size, {
    value: null,
    upper: null,
    verdict: 'learning',
    tail: null,
    state: 'learning',
    calibration_ratio: 0.25,
    tails: { lower: { state: 'degenerate', excess_threshold: null }, upper: { state: 'learning' } },
  })
  t.match(perf, { value: 1234.5, verdict: null, state: null, calibration_ratio: null })
  t.same(perf?.tails, {})
})

t.test('before the first window every statistic is there, without a value', async (t) => {
  await using serving = await serveLatest(latestOf())
  const found = await statisticsAt(serving, '/api/v1/statistics')
  t.same(
    found.map(({ name }) => name),
    ['R_SYN', 'AVG_PKT_SIZE', 'PERF'],
  )
  t.match(found[1], { time: null, value: null, verdict: null, state: 'learning', windows: 0 })
  const [size] = await statisticsAt(serving, '/api/v1/statistics/AVG_PKT_SIZE?value=3')
  t.match(size, { n: 0, tails: { lower: { probability_of_value: null, gamma: null } } })
})

t.test('tells of one statistic what its detector learned', async (t) => {
  const latest = latestOf({ periods: [1, 10] })
  latest.publish(report('eth0'))
  await using serving = await serveLatest(latest)
  const found = await statisticsAt(serving, '/api/v1/statistics/R_SYN')
  t.same(
    found.map(({ name, window }) => [name, window]),
    [
      ['R_SYN', 1],
      ['R_SYN', 10],
    ],
  )
  t.equal(found[0]?.n, 1000)
  t.same(found[0]?.tails['upper'], {
    state: 'calibrated',
    calibration_ratio: 1,
    excess_threshold: 0.5,
    false_alarm_ratio: 0.0001,
    ...COUNTING,
    event_open: true,
    last_alarm: ALARM,
    next_threshold: 99,
    target_false_alarm_ratio: 0.00001,
    level: 0.98,
    excess_share: 0.02,
    stored_excesses: 30,
    gamma: 0,
    sigma: 0.1,
  })
})

t.test('answers for one interface and one length of window', async (t) => {
  const sources = [observed('eth0'), observed('eth1')]
  await using serving = await serveLatest(latestOf({ sources, periods: [1, 10] }))
  for (const path of ['/api/v1/statistics', '/api/v1/statistics/PERF']) {
    const found = await statisticsAt(serving, `${path}?interface=eth1&window=10`)
    t.ok(found.length > 0)
    for (const each of found) t.match(each, { interface: 'eth1', window: 10 })
  }
})

t.test('an interface that is gone has no value, like on /metrics', async (t) => {
  const latest = latestOf({ sources: [observed('eth0', { up: false })] })
  latest.publish(report('eth0'))
  await using serving = await serveLatest(latest)
  const [syn] = await statisticsAt(serving, '/api/v1/statistics/R_SYN')
  t.match(syn, { value: null, verdict: null, upper: null, tails: { upper: { anomalies: 4 } } })
})

t.test('tells the interfaces as they stand', async (t) => {
  const down = observed('eth1', { mode: undefined, up: false, reattachments: 3 })
  const latest = latestOf({ sources: [observed('eth0'), down] })
  latest.publish(report('eth0'))
  await using serving = await serveLatest(latest)
  const { text } = await serving.ask('/api/v1/interfaces')
  const rest = {
    transmit: null,
    up: true,
    reattachments: 0,
    last_window_end: '2023-11-14T22:13:21.000Z',
  }
  t.same(JSON.parse(text), {
    interfaces: [
      { name: 'eth0', mode: 'tcx', ...rest },
      {
        name: 'eth1',
        mode: null,
        transmit: null,
        up: false,
        reattachments: 3,
        last_window_end: null,
      },
    ],
  })
})

t.test('refuses what it does not know, in JSON and with a hint', async (t) => {
  await using serving = await serveLatest(latestOf({ periods: [1, 10] }))
  const at = '/api/v1/statistics'
  const cases: [path: string, status: number, error: string | RegExp][] = [
    [`${at}/R_SIN`, 404, 'no statistic is named "R_SIN"; did you mean R_SYN?'],
    [`${at}/r_syn`, 404, 'no statistic is named "r_syn"; did you mean R_SYN?'],
    [`${at}/%zz`, 404, /^no statistic is named "%zz"; there are R_SYN, AVG_PKT_SIZE, PERF$/],
    [`${at}/`, 404, /^no statistic is named ""/],
    [`${at}/R_SYN/x`, 404, /^no statistic is named/],
    [`${at}?interface=eth7`, 400, 'no interface is named "eth7"; did you mean eth0?'],
    [`${at}?window=5`, 400, 'window: no window is 5 seconds long; there are 1, 10'],
    [`${at}?window=ten`, 400, 'window: "ten" is not a number'],
    [`${at}?windw=1`, 400, 'no parameter is named "windw"; did you mean window?'],
    [`${at}?value=1`, 400, /^no parameter is named "value"/],
    [`${at}?window=1&window=1`, 400, 'window is given twice'],
    [`${at}/R_SYN?value=`, 400, 'value: "" is not a number'],
    [`${at}/R_SYN?value=0x10`, 400, 'value: "0x10" is not a number'],
    [`${at}/R_SYN?value=1e999`, 400, 'value: "1e999" is not a number'],
    [`${at}/R_SYN?value=1&quantile=1`, 400, /mean the same/],
    [`${at}/R_SYN?probability=0`, 400, 'probability: 0 is not above 0 and below 1'],
    [`${at}/R_SYN?probability=1`, 400, 'probability: 1 is not above 0 and below 1'],
    ['/api/v1/counters?window=1', 400, /^no parameter is named "window"/],
    ['/api/v1/interfaces?interface=eth0', 400, /^no parameter is named "interface"/],
    ['/api/v1/nothing', 404, 'not found'],
    ['/api/', 404, 'not found'],
  ]
  for (const [path, status, error] of cases) {
    const answered = await serving.ask(path)
    t.equal(answered.status, status, path)
    t.equal(answered.headers.get('content-type'), 'application/json', path)
    t.match(JSON.parse(answered.text), { error }, path)
  }
})

t.test('reads a name that is encoded', async (t) => {
  await using serving = await serveLatest(latestOf())
  t.equal((await statisticsAt(serving, '/api/v1/statistics/R%5FSYN')).length, 1)
})

t.test('answers with the headers, methods and limits of every page', async (t) => {
  const broken = {
    ...latestOf(),
    rows: () => {
      throw new Error('broken')
    },
  }
  await using serving = await serveLatest(broken)
  const got = await serving.ask('/api/v1/interfaces')
  t.equal(got.headers.get('content-type'), 'application/json')
  t.equal(got.headers.get('cache-control'), 'no-store')
  t.equal(got.headers.get('x-content-type-options'), 'nosniff')
  t.match(got.headers.get('content-security-policy'), /default-src 'none'/)
  const head = await serving.ask('/api/v1/interfaces', 'HEAD')
  t.match(head, { status: 200, text: '' })
  t.equal(head.headers.get('content-length'), got.headers.get('content-length'))
  const posted = await serving.ask('/api/v1/interfaces', 'POST')
  t.match(posted, { status: 405, text: '{"error":"method not allowed"}\n' })
  t.equal(posted.headers.get('allow'), 'GET, HEAD')
  t.match(await serving.ask('/api/v1/statistics'), {
    status: 500,
    text: '{"error":"internal error: see the log"}\n',
  })
  t.same(serving.lines, ['/api/v1/statistics: not answered: Error: broken'])
})
