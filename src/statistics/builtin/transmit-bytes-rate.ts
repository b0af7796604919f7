// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRANSMIT_BYTES_RATE',
  help: 'Bytes of transmitted frames without FCS a second',
  counters: ['TRANSMIT_BYTES'],
  unit: 'bytes per second',
})
