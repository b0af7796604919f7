// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_ARP',
  help: 'Share of frames that carry ARP',
  unit: 'ratio',
  counters: ['ARP', 'PKTS'],
  tails: ['upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [arp, packets] }) => ratio(arp, packets),
})
