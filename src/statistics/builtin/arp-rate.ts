// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'ARP_RATE',
  help: 'ARP frames a second',
  counters: ['ARP'],
})
