// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_IP',
  help: 'Share of frames that carry IP',
  unit: 'ratio',
  counters: ['IP', 'PKTS'],
  tails: ['lower', 'upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [ip, packets] }) => ratio(ip, packets),
})
