// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRANSMIT_UDP_RATE',
  help: 'Transmitted UDP datagrams a second',
  counters: ['TRANSMIT_UDP'],
})
