// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'UDP_RATE',
  help: 'UDP datagrams a second',
  counters: ['UDP'],
})
