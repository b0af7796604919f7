// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'TRAFFIC',
  help: 'IP packets a second of capture time',
  unit: 'packets per second',
  counters: ['IP'],
  tails: ['lower', 'upper'],
  compute: ({ values: [ip], seconds }) => ip / seconds,
})
