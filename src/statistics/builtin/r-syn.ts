// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_SYN',
  help: 'Share of IP packets that are TCP segments with SYN set',
  unit: 'ratio',
  counters: ['SYN', 'IP'],
  tails: ['upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [syn, ip] }) => ratio(syn, ip),
})
