// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRANSMIT_SYN_ONLY_RATE',
  help: 'Transmitted TCP segments with SYN and without ACK a second',
  counters: ['TRANSMIT_SYN_ONLY'],
})
