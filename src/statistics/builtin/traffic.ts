// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRAFFIC',
  help: 'IP packets a second of capture time',
  counters: ['IP'],
  tails: ['lower', 'upper'],
})
