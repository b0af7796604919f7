// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_ACK',
  help: 'Share of IP packets that are TCP segments with ACK set',
  unit: 'ratio',
  counters: ['ACK', 'IP'],
  tails: ['upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [ack, ip] }) => ratio(ack, ip),
})
