// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'IP6_RATE',
  help: 'IPv6 packets a second',
  counters: ['IP6'],
})
