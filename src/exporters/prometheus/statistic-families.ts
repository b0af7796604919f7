// SPDX-License-Identifier: Apache-2.0
import type { TailName, TailStatus } from '../../spot/detector.ts'
import { calibrationOf, type Last, STATES, stateOf, tailOf } from '../standing.ts'
import type { Block, Family, Labels, Series } from './family.ts'

const LABELS = ['interface', 'statistic', 'window']

interface Definition {
  readonly family: Family
  /** Series of a statistic judged on these tails; none: never judged. */
  series(labels: Labels, tails: readonly TailName[]): Series<Last>[]
}

const DEFINITIONS: readonly Definition[] = [
  always('value', 'gauge', 'Value in the last window', (last) => last?.value ?? Number.NaN),
  judged(
    'upper_threshold',
    'Anomaly threshold above, as the shown value was judged against',
    (last) => last?.judgement?.upper ?? Number.NaN,
  ),
  judged(
    'lower_threshold',
    'Anomaly threshold below, as the shown value was judged against',
    (last) => last?.judgement?.lower ?? Number.NaN,
  ),
  judged(
    'upper_excess_threshold',
    'Threshold above which values belong to the upper tail and are learned from',
    (last) => tailOf(last, 'upper')?.excessThreshold ?? Number.NaN,
  ),
  judged(
    'lower_excess_threshold',
    'Threshold below which values belong to the lower tail and are learned from',
    (last) => tailOf(last, 'lower')?.excessThreshold ?? Number.NaN,
  ),
  judged(
    'anomaly_probability',
    'Probability of a value at least as far out as the last one',
    (last) => last?.judgement?.probability ?? Number.NaN,
  ),
  judged(
    'false_alarm_ratio',
    'Probability q in force that a window is judged anomalous by chance, the larger of the tails; NaN before calibration',
    (last) => last?.status?.tails.map((tail) => tail.falseAlarmRatio).reduce(larger) ?? Number.NaN,
  ),
  judged(
    'calibration_ratio',
    'Share of calibration done, 0 to 1, the smaller of the tails',
    calibrationOf,
  ),
  {
    family: family('state', 'gauge', 'Whether the detector is in this state', ['state']),
    series: (labels, tails) =>
      tails.length === 0
        ? []
        : STATES.map((state) => ({
            labels: { ...labels, state },
            value: (last) => Number(stateOf(last) === state),
          })),
  },
  byTail('event_open', 'gauge', 'Whether an event is open', (tail) => Number(tail.eventOpen)),
  always(
    'recent_max',
    'gauge',
    'Largest value of the last 60 seconds',
    (last) => last?.recentMax ?? Number.NaN,
  ),
  always(
    'recent_min',
    'gauge',
    'Smallest value of the last 60 seconds',
    (last) => last?.recentMin ?? Number.NaN,
  ),
  always('windows', 'counter', 'Windows seen', (last) => last?.windows ?? 0),
  always(
    'failures',
    'counter',
    'Windows in which the value could not be computed, since a plugin failed',
    (last) => last?.failures ?? 0,
  ),
  judged(
    'recalibrations',
    'Lasting shifts taken for the new normal: all was learned anew',
    (last) => last?.status?.recalibrations ?? 0,
    'counter',
  ),
  byTail('anomalies', 'counter', 'Windows judged anomalous', (tail) => tail.anomalies),
  byTail('events', 'counter', 'Events: anomalous episodes', (tail) => tail.events),
  byTail('excesses', 'counter', 'Windows beyond the excess threshold', (tail) => tail.excesses),
]

/** Gives the families of one statistic of one interface; every series exists from the start. */
export function statisticBlocks(labels: Labels, tails: readonly TailName[]): Block<Last>[] {
  return DEFINITIONS.map(({ family, series }) => ({ family, series: series(labels, tails) }))
}

function always(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (last: Last) => number,
): Definition {
  return { family: family(name, type, help), series: (labels) => [{ labels, value }] }
}

function judged(
  name: string,
  help: string,
  value: (last: Last) => number,
  type: 'gauge' | 'counter' = 'gauge',
): Definition {
  return {
    family: family(name, type, help),
    series: (labels, tails) => (tails.length === 0 ? [] : [{ labels, value }]),
  }
}

function byTail(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (tail: TailStatus) => number,
): Definition {
  const of = (tail: TailName) => (last: Last) => {
    const status = tailOf(last, tail)
    return status ? value(status) : 0
  }
  return {
    family: family(name, type, help, ['tail']),
    series: (labels, tails) =>
      tails.map((tail) => ({ labels: { ...labels, tail }, value: of(tail) })),
  }
}

function family(name: string, type: Family['type'], help: string, more: string[] = []): Family {
  return { name: `pktspot_statistic_${name}`, type, help, labels: [...LABELS, ...more] }
}

function larger(a: number, b: number): number {
  return Math.max(a, b)
}
