// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { defineStatistic } from '../src/index.ts'

t.test(
  'defineStatistic gives back what it is given, typed by the names of the counters',
  async (t) => {
    const definition = {
      name: 'SYN_PER_ACK',
      requirement: ['SYN_ONLY', 'SYN_ACK'],
      compute: ([asked = 0, granted = 0]: readonly number[]) => asked / granted,
    }
    t.equal(defineStatistic(definition), definition)
    const typed = defineStatistic({
      name: 'SYN_PER_ACK',
      requirement: ['SYN_ONLY', 'SYN_ACK'],
      compute: ([asked, granted]) => asked / granted,
    })
    t.equal(typed.compute([6, 3], 1, undefined), 2)
    defineStatistic({
      name: 'TOO_MANY',
      counters: ['SYN_ONLY'],
      // @ts-expect-error the second counter is not required
      compute: ([asked, granted]) => asked / granted,
    })
  },
)
