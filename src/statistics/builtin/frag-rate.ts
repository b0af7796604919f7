// SPDX-License-Identifier: Apache-2.0
import { rate } from '../rate.ts'

export default rate({
  name: 'FRAG_RATE',
  help: 'IP fragments a second',
  counters: ['FRAG'],
})
