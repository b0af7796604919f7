// SPDX-License-Identifier: Apache-2.0
import type { Cost } from '../../capture/kept.ts'
import type { Block } from './family.ts'

/** What counting on a live interface costs. */
export interface Costing {
  readonly cost: Cost
  /** Longest time of the last 60 s that a base window was cut late by, in seconds; NaN before the first. */
  readonly lateness: number
}

const REASONS = ['filters', 'groups', 'interface'] as const

/** Gives the families of one live source's cost. */
export function costBlocks(name: string): Block<Costing>[] {
  const labels = { interface: name }
  return [
    {
      family: {
        name: 'pktspot_window_lateness_seconds',
        type: 'gauge',
        help: 'Longest time of the last 60 seconds from the end of a base window until it was cut',
        labels: ['interface'],
      },
      series: [{ labels, value: ({ lateness }) => lateness }],
    },
    {
      family: {
        name: 'pktspot_program_run_seconds',
        type: 'counter',
        help: "Time of a CPU that counting took on the packets' way; where the kernel counts it is sampled, one packet in 1021",
        labels: ['interface'],
      },
      series: [{ labels, value: ({ cost }) => cost.seconds }],
    },
    {
      family: {
        name: 'pktspot_guard_level',
        type: 'gauge',
        help: "What is shed to stay below limits.cpu: 0 nothing, 1 users' filters, 2 groups too, 3 all counting on the interface",
        labels: ['interface'],
      },
      series: [{ labels, value: ({ cost }) => cost.shed }],
    },
    {
      family: {
        name: 'pktspot_guard_sheds',
        type: 'counter',
        help: "Times that users' filters, groups, or all counting on the interface were shed to stay below limits.cpu",
        labels: ['interface', 'reason'],
      },
      series: REASONS.map((reason) => ({
        labels: { ...labels, reason },
        value: ({ cost }) => cost.sheds[reason],
      })),
    },
  ]
}
