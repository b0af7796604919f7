// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Load } from '../../src/capture/source.ts'
import { createGuard, GUARD_TIMES, type Step } from '../../src/guard/guard.ts'

/** A source of the simulation: what a packet costs at each level, in nanoseconds. */
interface Simulated {
  readonly costs: readonly [number, number, number, number]
  readonly filters?: boolean
  readonly groups?: boolean
  /** Packets a second at a time. */
  readonly rate: (now: number) => number
}

type Taken = Step & { readonly at: number }

/** Runs the guard for so many seconds, a look a second; gives the steps and the most that all cost at each second. */
function simulate(limit: number, seconds: number, sources: Readonly<Record<string, Simulated>>) {
  const guard = createGuard(limit)
  const levels = new Map(Object.keys(sources).map((name) => [name, 0]))
  const loads = new Map<string, Load>()
  const steps: Taken[] = []
  const ratios: number[] = []
  for (let now = 0; now < seconds; now++) {
    let ratio = 0
    for (const [name, { costs, rate, filters = true, groups = true }] of Object.entries(sources)) {
      const { packets, nanoseconds } = loads.get(name) ?? { packets: 0, nanoseconds: 0 }
      const cost = costs[levels.get(name) ?? 0] ?? 0
      ratio += (cost * rate(now)) / 1e9
      loads.set(name, {
        packets: packets + rate(now),
        nanoseconds: nanoseconds + cost * rate(now),
        filters,
        groups,
      })
    }
    ratios.push(ratio)
    const step = guard.step(now, loads)
    if (!step) continue
    steps.push({ ...step, at: now })
    levels.set(step.name, step.to)
  }
  return { steps, ratios, levels }
}

const COSTS = [300, 150, 70, 4] as const
const way = (steps: readonly Step[]): string[] => steps.map(({ from, to }) => `${from}-${to}`)

t.test('sheds in order until it fits, and no further', async (t) => {
  const run = (rate: number) => simulate(0.1, 300, { eth0: { costs: COSTS, rate: () => rate } })
  t.same(way(run(200_000).steps), [], '6 %')
  t.same(way(run(500_000).steps), ['0-1'], '15 %, 7.5 % without filters')
  t.same(way(run(900_000).steps), ['0-1', '1-2'])
  t.same(way(run(5_000_000).steps), ['0-1', '1-2', '2-3'])
  const { steps } = run(5_000_000)
  const between = steps.slice(1).map(({ at }, index) => at - (steps[index]?.at ?? 0))
  t.ok(
    between.every((seconds) => seconds >= GUARD_TIMES.settle),
    'a pause to see the effect',
  )
})

t.test('what is not there is no step', async (t) => {
  const rate = (now: number) => (now < 60 ? 5_000_000 : 0)
  const run = (has: Partial<Simulated>) => simulate(0.1, 200, { a: { costs: COSTS, rate, ...has } })
  t.same(way(run({ filters: false }).steps), ['0-2', '2-3', '3-2', '2-0'])
  t.same(way(run({ groups: false }).steps), ['0-1', '1-3', '3-1', '1-0'])
  t.same(way(run({ filters: false, groups: false }).steps), ['0-3', '3-0'])
})

t.test('comes back in reverse order when the traffic has gone', async (t) => {
  const rate = (now: number) => (now < 60 ? 5_000_000 : 1000)
  const { steps, levels } = simulate(0.1, 200, { eth0: { costs: COSTS, rate } })
  t.same(way(steps), ['0-1', '1-2', '2-3', '3-2', '2-1', '1-0'])
  t.equal(levels.get('eth0'), 0)
  t.ok((steps.at(-1)?.at ?? 0) < 60 + 30, 'within half a minute')
})

t.test('comes back only as far as it is expected to fit', async (t) => {
  const rate = (now: number) => (now < 60 ? 5_000_000 : 400_000)
  const { steps } = simulate(0.1, 500, { eth0: { costs: COSTS, rate } })
  t.same(way(steps), ['0-1', '1-2', '2-3', '3-2', '2-1'], '12 % would be too much')
  t.ok((steps.at(-1)?.total ?? 1) < 0.1)
})

t.test('the dearest source is shed, the others are left alone', async (t) => {
  const { levels, steps } = simulate(0.1, 60, {
    quiet: { costs: COSTS, rate: () => 50_000 },
    flooded: { costs: COSTS, rate: () => 4_000_000 },
    idle: { costs: COSTS, rate: () => 0 },
  })
  t.same(Object.fromEntries(levels), { quiet: 0, flooded: 3, idle: 0 })
  t.ok(steps.every(({ name, total, ratio }) => name === 'flooded' && total > ratio))
})

t.test('a source that comes and goes holds nothing up', async (t) => {
  const guard = createGuard(0.1)
  const steps: (Step | undefined)[] = []
  for (let now = 0; now < 20; now++) {
    const load = (nanoseconds: number) => ({
      packets: now * 1e6,
      nanoseconds,
      filters: true,
      groups: true,
    })
    const loads = new Map([['eth0', load(now * 5e8)]])
    loads.set(`veth${now}`, load(0))
    steps.push(guard.step(now, loads))
  }
  t.ok(steps.some((step) => step?.name === 'eth0'))
})

t.test('a load that is always too much is tried ever less often', async (t) => {
  /* the cost is low whenever it is not measured, so that every try looks good, and fails */
  const hour = 3600
  const rate = (now: number) => (now % 40 < 20 ? 5_000_000 : 0)
  const { steps } = simulate(0.1, 4 * hour, { eth0: { costs: COSTS, rate } })
  const downs = steps.filter(({ from, to }) => to > from)
  const late = downs.filter(({ at }) => at > 2 * hour)
  t.comment(`${downs.length} steps down in four hours, ${late.length} in the last two`)
  t.ok(downs.length < 120)
  t.ok(late.length <= 3 * 2 * (hour / GUARD_TIMES.patienceMost) + 3)
})

t.test('whatever the load, steps go one at a time and the limit is kept in the end', async (t) => {
  let seed = 1
  const random = (): number => {
    seed = (seed * 48_271) % 0x7fffffff
    return seed / 0x7fffffff
  }
  for (let round = 0; round < 200; round++) {
    const sources = Object.fromEntries(
      Array.from({ length: 1 + Math.floor(random() * 4) }, (_, at) => {
        const rates = Array.from({ length: 10 }, () => 10 ** (7 * random()))
        const [full = 0, half = 0, core = 0] = [random(), random(), random()]
          .map((share) => 20 + 500 * share)
          .sort((a, b) => b - a)
        const rate = (now: number) => rates[Math.floor(now / 60)] ?? 0
        const has = { filters: random() < 0.7, groups: random() < 0.7 }
        return [`eth${at}`, { costs: [full, half, core, 4] as const, rate, ...has }]
      }),
    )
    const { steps, ratios } = simulate(0.1, 600, sources)
    const levels = new Map<string, number>()
    for (const { name, from, to } of steps) {
      if (from !== (levels.get(name) ?? 0) || from === to) t.fail('a step from somewhere else')
      levels.set(name, to)
    }
    const least = Object.values(sources).reduce((sum, { rate }) => sum + (4 * rate(599)) / 1e9, 0)
    /* asleep is the last that can be done */
    const bound = Math.max(0.1, least * 1.001)
    if ((ratios.at(-1) ?? 1) > bound) t.fail(`round ${round}: ${ratios.at(-1)} of ${bound}`)
    if (steps.length > 120) t.fail(`round ${round}: ${steps.length} steps in ten minutes`)
  }
})
