// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { spotOptions } from '../../src/monitor/options.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'

t.test('a share’s thresholds stay between 0 and 1, a rate’s do not fall below 0', async (t) => {
  const statistics = await loadBuiltinStatistics()
  const { spot } = loadSettings({ env: {}, flags: {} })
  const optionsOf = (name: string) => {
    const found = statistics.find((statistic) => statistic.name === name)
    if (!found) throw new Error(`no ${name}`)
    return spotOptions(found, spot, { periodSeconds: 1, sources: 1, lengths: 1, tails: 30 })
  }
  for (const name of ['R_SYN', 'R_ACK', 'R_ICMP', 'R_IP', 'R_ARP', 'R_SYN_ONLY']) {
    t.match(optionsOf(name), { lowest: 0, highest: 1 }, name)
  }
  for (const name of ['PKTS_RATE', 'BYTES_RATE', 'TRAFFIC', 'AVG_PKT_SIZE']) {
    t.match(optionsOf(name), { lowest: 0, highest: undefined }, name)
  }
  t.match(optionsOf('R_DST_SRC'), { lowest: undefined, highest: undefined })
})
