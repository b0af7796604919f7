// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'BYTES_RATE',
  help: 'Bytes of frames without FCS a second',
  counters: ['BYTES'],
  unit: 'bytes per second',
  tails: ['lower', 'upper'],
})
