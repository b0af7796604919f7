// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'RST_RATE',
  help: 'TCP segments with RST set a second',
  counters: ['RST'],
})
