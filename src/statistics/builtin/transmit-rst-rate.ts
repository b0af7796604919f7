// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TRANSMIT_RST_RATE',
  help: 'Transmitted TCP segments with RST a second',
  counters: ['TRANSMIT_RST'],
})
