// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { createMonitor } from '../../src/monitor/monitor.ts'
import { statistic } from '../../src/statistics/statistic.ts'
import { busy, CHANGE, counted, options, R_SYN, SPOT, sampleOf, TRAFFIC } from './made.ts'

t.test('every statistic gets a sample a window, judged where tails are monitored', async (t) => {
  const observe = createMonitor(options())
  const samples = observe(counted(3, 12))
  t.same(
    samples.map(({ statistic: { name }, value, windows }) => [name, value, windows]),
    [
      ['R_SYN', 0.25, 1],
      ['TRAFFIC', 12, 1],
      ['CHANGE', Number.NaN, 1],
    ],
  )
  t.equal(sampleOf(samples, 'R_SYN').judgement?.verdict, 'learning')
  t.same(
    sampleOf(samples, 'TRAFFIC').status?.tails.map(({ tail }) => tail),
    ['lower', 'upper'],
  )
  t.equal(sampleOf(samples, 'CHANGE').judgement, undefined)
  t.equal(sampleOf(samples, 'CHANGE').status, undefined)
})

t.test('a statistic sees the window before, but not across a gap', async (t) => {
  const observe = createMonitor(options())
  observe(counted(0, 10))
  t.equal(sampleOf(observe(counted(0, 25)), 'CHANGE').value, 15)
  const gap = { from: new Date(0), to: new Date(7_200_000) }
  const after = sampleOf(observe(counted(0, 40, { gap })), 'CHANGE')
  t.ok(Number.isNaN(after.value))
  t.ok(Number.isNaN(after.recentMax), 'what was before the gap is not recent')
})

t.test('a window that says nothing is counted and shown, but not fed', async (t) => {
  const observe = createMonitor(options())
  observe(counted(3, 12))
  const { value, status, windows, recentMax } = sampleOf(observe(counted(0, 0)), 'R_SYN')
  t.ok(Number.isNaN(value))
  t.equal(status?.values, 1)
  t.equal(windows, 2)
  t.equal(recentMax, 0.25)
})

t.test('the recent extremes are those of the last 60 seconds', async (t) => {
  for (const [periodSeconds, kept] of [
    [1, 60],
    [10, 6],
    [3600, 1],
  ] as const) {
    const spot = { ...SPOT, q: 1e-4 }
    const observe = createMonitor(options({ periodSeconds, spot }))
    observe(counted(0, 500))
    observe(counted(0, 1))
    for (let i = 2; i < kept; i++) observe(counted(0, 50))
    const last = sampleOf(observe(counted(0, 60)), 'TRAFFIC')
    t.equal(last.recentMax, 60, `${kept} windows: the largest has left`)
    t.equal(last.recentMin, kept === 1 ? 60 : 1)
  }
})

t.test('a flood is an anomaly of the statistics that see it', async (t) => {
  const observe = createMonitor(options())
  for (let i = 0; i < 1200; i++) observe(busy(i))
  const samples = observe(counted(50_000, 50_100))
  for (const name of ['R_SYN', 'TRAFFIC']) {
    const { judgement, status } = sampleOf(samples, name)
    t.match(judgement, { verdict: 'anomaly', tail: 'upper', opens: true }, name)
    t.equal(status?.tails.find(({ tail }) => tail === 'upper')?.eventOpen, true)
  }
  t.equal(sampleOf(observe(busy(3)), 'TRAFFIC').judgement?.verdict, 'normal')
})

t.test('a statistic of a counter that is not counted is refused', async (t) => {
  const R_ARP = statistic({ ...CHANGE, name: 'R_ARP', counters: ['ARP'], compute: () => 0 })
  t.throws(() => createMonitor(options({ statistics: [R_ARP] })), {
    code: 'SETTINGS',
    message: /^statistic R_ARP: no counter is named ARP/,
  })
})

t.test(
  'a statistic that fails says nothing, is counted and told once, and stops no other',
  async (t) => {
    const told: string[] = []
    const FAILING = statistic({
      ...CHANGE,
      name: 'FAILING',
      tails: ['upper'],
      compute: ({ values: [ip = 0] }) => {
        if (ip > 100) throw new Error(`${ip} is too much`)
        return ip
      },
    })
    const statistics = [FAILING, TRAFFIC]
    const observe = createMonitor(options({ statistics, warn: (line) => told.push(line) }))
    observe(counted(0, 50))
    observe(counted(0, 101))
    const samples = observe(counted(0, 102))
    const { value, failures, windows, status } = sampleOf(samples, 'FAILING')
    t.ok(Number.isNaN(value))
    t.match({ failures, windows, status }, { failures: 2, windows: 3, status: { values: 1 } })
    t.match(sampleOf(samples, 'TRAFFIC'), { value: 102, failures: 0 })
    t.same(told, ['statistic FAILING failed: 101 is too much; later failures are only counted'])
    t.equal(sampleOf(observe(counted(0, 60)), 'FAILING').value, 60)
  },
)

t.test('only the counters that the statistics name are read', async (t) => {
  const read = new Set<string>()
  const window = counted(3, 12)
  const exact = (name: string) => {
    read.add(name)
    return window.exact(name)
  }
  createMonitor(options({ statistics: [TRAFFIC] }))({ ...window, exact, value: () => 0 })
  t.same([...read], ['IP'])
})

t.test('values keep their digits on the way to a statistic', async (t) => {
  const seen: unknown[] = []
  const DIGITS = statistic({
    ...CHANGE,
    compute: ({ exact, exactPrevious }) => {
      seen.push([exact, exactPrevious?.values])
      return 0
    },
  })
  const observe = createMonitor(options({ statistics: [DIGITS] }))
  const exact = () => 2n ** 53n + 1n
  observe({ ...counted(0, 0), exact })
  observe({ ...counted(0, 0), exact: () => 5n })
  t.same(seen, [
    [{ values: [2n ** 53n + 1n], seconds: 1 }, undefined],
    [{ values: [5], seconds: 1 }, [2n ** 53n + 1n]],
  ])
})

t.test('statistics have detectors of their own', async (t) => {
  const observe = createMonitor(options({ statistics: [R_SYN, TRAFFIC] }))
  for (let i = 0; i < 1200; i++) observe(busy(i))
  const [share, traffic] = observe(counted(9, 10_000)).map(({ judgement }) => judgement)
  t.match([share?.verdict, traffic?.verdict], ['normal', 'anomaly'])
  t.not(share?.upper, traffic?.upper)
})

t.test('no memory of the window before is carried into the first', async (t) => {
  const observe = createMonitor(
    options({ statistics: [statistic({ ...CHANGE, tails: ['upper'] })] }),
  )
  t.match(observe(counted(0, 10))[0], { judgement: { verdict: 'learning' }, status: { values: 0 } })
  t.match(observe(counted(0, 15))[0], { value: 5, status: { values: 1 } })
})

t.test('the further out a value, the smaller its probability, on either tail', async (t) => {
  const probability = (ip: number): number => {
    const observe = createMonitor(options({ statistics: [TRAFFIC] }))
    for (let i = 0; i < 1200; i++) observe(busy(i))
    return observe(counted(0, ip))[0]?.judgement?.probability ?? Number.NaN
  }
  for (const outwards of [
    [197, 198, 200, 230],
    [99, 98, 96, 60],
  ]) {
    const probabilities = outwards.map(probability)
    const [first = 1, second = 1, third = 1, last = 1] = probabilities
    t.ok(first > second && second > third && third >= last && last >= 0, `${probabilities}`)
    t.ok(first < 0.05)
  }
  t.equal(probability(150), 1, 'in no tail')
})
