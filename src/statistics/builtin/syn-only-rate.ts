// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'SYN_ONLY_RATE',
  help: 'TCP segments with SYN and without ACK a second',
  counters: ['SYN_ONLY'],
})
