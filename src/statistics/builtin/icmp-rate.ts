// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'ICMP_RATE',
  help: 'ICMP packets of either family a second',
  counters: ['ICMP', 'ICMP6'],
})
