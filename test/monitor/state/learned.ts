// SPDX-License-Identifier: Apache-2.0
import type { MonitorSpot } from '../../../src/monitor/options.ts'
import type { DetectorOf } from '../../../src/monitor/state/memory.ts'
import type { SpotOptions } from '../../../src/spot/options.ts'
import { type Statistic, statistic } from '../../../src/statistics/statistic.ts'
import { draw } from '../../spot/streams.ts'

export const SPOT: MonitorSpot = {
  false_alarms_per_day: 1,
  q: null,
  level: null,
  n_init: 100,
  depth: 0,
  max_excess: 50,
  max_event: 3600,
  hold_off: 0,
}

export const OPTIONS: SpotOptions = {
  tails: ['lower', 'upper'],
  q: 1e-3,
  level: 0.9,
  nInit: 100,
  maxExcess: 50,
  maxEvent: 3600,
  holdOff: 0,
}

export function named(name: string, more: Partial<Statistic> = {}): Statistic {
  const rest = { help: '', unit: '', counters: ['IP'], tails: ['lower', 'upper'] as const }
  return statistic({ name, ...rest, compute: ({ values: [ip = 0] }) => ip, ...more })
}

/** Lets each of the statistics' detectors learn the same random values. */
export function teach(detectorOf: DetectorOf, names: readonly string[], count: number): void {
  const detectors = names.map((name) => detectorOf(named(name), OPTIONS, 1))
  const next = draw.gaussian(1)
  for (let i = 0; i < count; i++) {
    const value = next()
    for (const one of detectors) one.judge(value)
  }
}

/** Lines that are told, by their level. */
export function notes() {
  const infos: string[] = []
  const warnings: string[] = []
  const info = (line: string): void => void infos.push(line)
  const warn = (line: string): void => void warnings.push(line)
  return { infos, warnings, info, warn }
}
