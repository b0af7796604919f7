// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'UNIQ_DST',
  help: 'Distinct destination addresses',
  unit: 'addresses',
  counters: ['NB_UNIQ_DST_ADDR'],
  tails: ['upper'],
  compute: ({ values: [addresses] }) => addresses,
})
