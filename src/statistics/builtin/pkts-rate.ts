// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'PKTS_RATE',
  help: 'Frames a second',
  counters: ['PKTS'],
  tails: ['lower', 'upper'],
})
