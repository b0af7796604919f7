// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'UNIQ_FLOWS',
  help: 'Distinct directional 5-tuples',
  unit: 'flows',
  counters: ['NB_UNIQ_FLOWS'],
  tails: ['upper'],
  compute: ({ values: [flows] }) => flows,
})
