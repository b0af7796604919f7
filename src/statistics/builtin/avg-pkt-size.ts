// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'AVG_PKT_SIZE',
  help: 'Mean length of an IP packet',
  unit: 'bytes',
  counters: ['IP_BYTES', 'IP'],
  tails: ['lower', 'upper'],
  range: { lowest: 0 },
  compute: ({ values: [bytes, ip] }) => ratio(bytes, ip),
})
