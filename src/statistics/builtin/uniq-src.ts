// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'UNIQ_SRC',
  help: 'Distinct source addresses',
  unit: 'addresses',
  counters: ['NB_UNIQ_SRC_ADDR'],
  tails: ['upper'],
  compute: ({ values: [addresses] }) => addresses,
})
