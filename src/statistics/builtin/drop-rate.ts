// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'DROP_RATE',
  help: 'Packets a second that the kernel dropped while they were at the interface; where the kernel tells',
  counters: ['DROPPED'],
})
