// SPDX-License-Identifier: Apache-2.0
import type { Block } from './family.ts'

/** What holds for the whole program. */
export interface Program {
  /** Length of the base window in seconds. */
  readonly period: number
  /** Events a day that all monitored tails together may raise by chance; NaN when not known. */
  readonly expectedFalseAlarmsPerDay: () => number
}

/** The program's families. */
export const PROGRAM_BLOCKS: readonly Block<Program>[] = [
  {
    family: {
      name: 'pktspot_window_seconds',
      type: 'gauge',
      help: 'Length of the base window',
      labels: [],
    },
    series: [{ labels: {}, value: ({ period }) => period }],
  },
  {
    family: {
      name: 'pktspot_expected_false_alarms_per_day',
      type: 'gauge',
      help: 'Events a day that may be raised by chance, all monitored tails together',
      labels: [],
    },
    series: [{ labels: {}, value: (program) => program.expectedFalseAlarmsPerDay() }],
  },
]
