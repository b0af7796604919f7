// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRANSMIT_PKTS_RATE',
  help: 'Transmitted frames a second',
  counters: ['TRANSMIT_PKTS'],
})
