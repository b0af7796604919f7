// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_DST_SRC',
  help: 'Destination addresses per source address',
  unit: 'ratio',
  counters: ['NB_UNIQ_DST_ADDR', 'NB_UNIQ_SRC_ADDR'],
  tails: ['upper'],
  compute: ({ values: [destinations, sources] }) => ratio(destinations, sources),
})
