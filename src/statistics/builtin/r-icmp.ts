// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_ICMP',
  help: 'Share of IP packets that are ICMP of either family',
  unit: 'ratio',
  counters: ['ICMP', 'ICMP6', 'IP'],
  tails: ['upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [icmp, icmp6, ip] }) => ratio(icmp + icmp6, ip),
})
