// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'PERF',
  help: 'Frames counted a second of processing time',
  unit: 'packets per second',
  counters: ['PKTS', 'REAL_TIME'],
  tails: [],
  compute: ({ values: [packets, now], previous }) => {
    /* the clock reads 0 until the first packet, and stands still over a window without one */
    const before = previous?.[1] ?? 0
    return before > 0 && now > before ? packets / ((now - before) / 1e9) : Number.NaN
  },
})
