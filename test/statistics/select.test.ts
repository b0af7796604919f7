// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { Catalog, type Counter } from '../../src/counters/catalog.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'
import { checkCounters, pickStatistics, selectStatistics } from '../../src/statistics/select.ts'

const statistics = await loadBuiltinStatistics()

function selected(enabled: string[], disabled: string[] = []): string[] {
  return selectStatistics(statistics, { enabled, disabled }).map(({ name }) => name)
}

t.test('patterns enable, and disabling wins', async (t) => {
  t.equal(selected(['*']).length, statistics.length)
  t.same(selected(['R_A*', 'PERF']), ['PERF', 'R_ACK', 'R_ARP'])
  t.same(selected(['*'], ['R_*', '*_RATE', '*UNIQ_*', 'PERF']), ['AVG_PKT_SIZE', 'TRAFFIC'])
  t.same(selected(['NOTHING_*']), [])
})

t.test('a name that no statistic has is refused with the nearest one', async (t) => {
  t.throws(() => selected(['R_SYNN']), {
    code: 'SETTINGS',
    message: 'statistics.enabled: no statistic is named R_SYNN; did you mean R_SYN?',
  })
  t.throws(() => selected(['*'], ['TRAFIC']), {
    code: 'SETTINGS',
    message: /^statistics\.disabled: .*did you mean TRAFFIC\?/,
  })
})

t.test('--stats picks exactly what it names', async (t) => {
  const names = pickStatistics(statistics, ['TRAFFIC', 'R_SYN', 'TRAFFIC']).map(({ name }) => name)
  t.same(names, ['TRAFFIC', 'R_SYN'])
  t.throws(() => pickStatistics(statistics, ['R_ARPP']), {
    code: 'USAGE',
    message: /^--stats: no statistic is named R_ARPP; did you mean R_ARP\?/,
  })
})

t.test('a counter that the source lacks is named with its statistic', async (t) => {
  const counters = new Set(statistics.flatMap((statistic) => statistic.counters))
  const catalog = (without?: string) =>
    new Catalog(
      [...counters]
        .filter((name) => name !== without)
        .map((name): Counter => {
          const rest = { layers: [], unit: '', help: '', metric: '', index: 0, bounds: [] }
          return { name, layer: 'PKT', kind: 'sum', ...rest }
        }),
    )
  t.doesNotThrow(() => checkCounters(statistics, catalog()))
  t.throws(() => checkCounters(statistics, catalog('ICMP6')), {
    code: 'SETTINGS',
    message: /^statistic ICMP_RATE: no counter is named ICMP6; did you mean ICMP\?/,
  })
})
