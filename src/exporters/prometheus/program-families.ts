// SPDX-License-Identifier: Apache-2.0
import type { MemoryStanding } from '../../monitor/state/node-memory.ts'
import type { Block } from './family.ts'

/** What holds for the whole program. */
export interface Program {
  /** Length of the base window in seconds. */
  readonly period: number
  /** Events a day that all monitored tails together may raise by chance; NaN when not known. */
  readonly expectedFalseAlarmsPerDay: () => number
  /** How the detectors' snapshots fare; undefined when none are kept. */
  readonly memory: () => MemoryStanding | undefined
}

/** The program's families; its version is part of a label, so it is a parameter. */
export function programBlocks(version: string): Block<Program>[] {
  return [buildInfo(version), ...BLOCKS]
}

const BLOCKS: readonly Block<Program>[] = [
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
  memoryBlock(
    'last_snapshot_timestamp_seconds',
    'Unix time at which what detectors learned was last written for the next start; NaN when it was not',
    ({ written }) => (written?.getTime() ?? Number.NaN) / 1000,
  ),
  memoryBlock(
    'snapshot_success',
    'Whether the last attempt to write it succeeded; NaN when none is made',
    ({ success }) => Number(success ?? Number.NaN),
  ),
  memoryBlock(
    'restored_detectors',
    'Detectors that went on at the start from what was written before',
    ({ restored }) => restored,
  ),
]

function buildInfo(version: string): Block<Program> {
  return {
    family: {
      name: 'pktspot_build',
      type: 'info',
      help: 'The running version',
      labels: ['version'],
    },
    series: [{ labels: { version }, value: () => 1 }],
  }
}

function memoryBlock(
  name: string,
  help: string,
  value: (standing: MemoryStanding) => number,
): Block<Program> {
  const of = ({ memory }: Program): number => {
    const standing = memory()
    return standing ? value(standing) : Number.NaN
  }
  return {
    family: { name: `pktspot_state_${name}`, type: 'gauge', help, labels: [] },
    series: [{ labels: {}, value: of }],
  }
}
