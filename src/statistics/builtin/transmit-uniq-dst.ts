// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'TRANSMIT_UNIQ_DST',
  help: 'Distinct destination addresses of transmitted packets',
  unit: 'addresses',
  counters: ['TRANSMIT_NB_UNIQ_DST_ADDR'],
  tails: ['upper'],
  compute: ({ values: [addresses] }) => addresses,
})
