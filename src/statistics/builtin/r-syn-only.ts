// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_SYN_ONLY',
  help: 'Share of TCP segments with SYN that ask for a connection rather than grant one',
  unit: 'ratio',
  counters: ['SYN_ONLY', 'SYN_ACK'],
  tails: ['upper'],
  range: { lowest: 0, highest: 1 },
  compute: ({ values: [asked, granted] }) => ratio(asked, asked + granted),
})
