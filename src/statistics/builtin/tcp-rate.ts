// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'TCP_RATE',
  help: 'TCP segments a second',
  counters: ['TCP'],
})
