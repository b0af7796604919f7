// SPDX-License-Identifier: Apache-2.0
import { ratio, statistic } from '../statistic.ts'

export default statistic({
  name: 'R_DST_SRC_PORT',
  help: 'TCP destination ports per TCP source port',
  unit: 'ratio',
  counters: ['NB_UNIQ_DST_PORT', 'NB_UNIQ_SRC_PORT'],
  tails: ['upper'],
  compute: ({ values: [destinations, sources] }) => ratio(destinations, sources),
})
