// SPDX-License-Identifier: Apache-2.0
import type { TailCounts } from '../../monitor/carried.ts'
import type { TailName } from '../../spot/detector.ts'
import type { Row } from '../latest.ts'
import { calibrationOf, type Last, STATES, stateOf, tailOf } from '../standing.ts'
import type { Block, Exemplar, Family, Labels, Series } from './family.ts'

const LABELS = ['interface', 'statistic', 'window']

/** A statistic's last sample, what is counted of it, and what became of it. */
export type Told = Pick<Row, 'sample' | 'counts' | 'alarms'>

interface Definition {
  readonly family: Family
  /** Series of a statistic judged on these tails; none: never judged. */
  series(labels: Labels, tails: readonly TailName[]): Series<Told>[]
}

const DEFINITIONS: readonly Definition[] = [
  always('value', 'gauge', 'Value in the last window', ({ sample }) => sample?.value ?? Number.NaN),
  judged(
    'upper_threshold',
    'Anomaly threshold above, as the shown value was judged against',
    ({ sample }) => sample?.judgement?.upper ?? Number.NaN,
  ),
  judged(
    'lower_threshold',
    'Anomaly threshold below, as the shown value was judged against',
    ({ sample }) => sample?.judgement?.lower ?? Number.NaN,
  ),
  judged(
    'upper_excess_threshold',
    'Threshold above which values belong to the upper tail and are learned from',
    ({ sample }) => tailOf(sample, 'upper')?.excessThreshold ?? Number.NaN,
  ),
  judged(
    'lower_excess_threshold',
    'Threshold below which values belong to the lower tail and are learned from',
    ({ sample }) => tailOf(sample, 'lower')?.excessThreshold ?? Number.NaN,
  ),
  judged(
    'anomaly_probability',
    'Probability of a value at least as far out as the last one',
    ({ sample }) => sample?.judgement?.probability ?? Number.NaN,
  ),
  judged(
    'false_alarm_ratio',
    'Probability q in force that a window is judged anomalous by chance, the larger of the tails; NaN before calibration',
    ({ sample }) => falseAlarmRatioOf(sample),
  ),
  judged(
    'calibration_ratio',
    'Share of calibration done, 0 to 1, the smaller of the tails',
    ({ sample }) => calibrationOf(sample),
  ),
  {
    family: family('state', 'gauge', 'Whether the detector is in this state', ['state']),
    series: (labels, tails) =>
      tails.length === 0
        ? []
        : STATES.map((state) => ({
            labels: { ...labels, state },
            value: ({ sample }) => Number(stateOf(sample) === state),
          })),
  },
  byTail('event_open', 'gauge', 'Whether an event is open', ({ sample }, tail) =>
    Number(tailOf(sample, tail)?.eventOpen ?? false),
  ),
  always(
    'recent_max',
    'gauge',
    'Largest value of the last 60 seconds',
    ({ sample }) => sample?.recentMax ?? Number.NaN,
  ),
  always(
    'recent_min',
    'gauge',
    'Smallest value of the last 60 seconds',
    ({ sample }) => sample?.recentMin ?? Number.NaN,
  ),
  always('windows', 'counter', 'Windows seen', ({ counts }) => counts.windows),
  always(
    'failures',
    'counter',
    'Windows in which the value could not be computed, since a plugin failed',
    ({ counts }) => counts.failures,
  ),
  judged(
    'recalibrations',
    'Lasting shifts taken for the new normal: all was learned anew',
    ({ counts }) => counts.recalibrations,
    'counter',
  ),
  counted('anomalies', 'Windows judged anomalous', alarmId),
  counted('events', 'Events: anomalous episodes'),
  counted('excesses', 'Windows beyond the excess threshold'),
]

/** Gives the families of one statistic of one interface; every series exists from the start. */
export function statisticBlocks(labels: Labels, tails: readonly TailName[]): Block<Told>[] {
  return DEFINITIONS.map(({ family, series }) => ({ family, series: series(labels, tails) }))
}

function always(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (told: Told) => number,
): Definition {
  return { family: family(name, type, help), series: (labels) => [{ labels, value }] }
}

function judged(
  name: string,
  help: string,
  value: (told: Told) => number,
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
  value: (told: Told, tail: TailName) => number,
  exemplarOf?: (told: Told, tail: TailName) => Exemplar | undefined,
): Definition {
  return {
    family: family(name, type, help, ['tail']),
    series: (labels, tails) =>
      tails.map((tail) => ({
        labels: { ...labels, tail },
        value: (told: Told) => value(told, tail),
        ...(exemplarOf && { exemplar: (told: Told) => exemplarOf(told, tail) }),
      })),
  }
}

function counted(
  name: keyof TailCounts,
  help: string,
  exemplarOf?: (told: Told, tail: TailName) => Exemplar | undefined,
): Definition {
  const value = ({ counts }: Told, tail: TailName): number => counts.tails[tail]?.[name] ?? 0
  return byTail(name, 'counter', help, value, exemplarOf)
}

/* at the window's end, when it was counted */
function alarmId({ alarms }: Told, tail: TailName): Exemplar | undefined {
  const alarm = alarms[tail]
  if (!alarm) return undefined
  const { id, time, window, value } = alarm
  return { labels: { alarm_id: id }, value, seconds: time.getTime() / 1000 + window }
}

function family(name: string, type: Family['type'], help: string, more: string[] = []): Family {
  return { name: `pktspot_statistic_${name}`, type, help, labels: [...LABELS, ...more] }
}

function falseAlarmRatioOf(last: Last): number {
  if (!last?.status) return Number.NaN
  let most = Number.NEGATIVE_INFINITY
  for (const { falseAlarmRatio } of last.status.tails) most = Math.max(most, falseAlarmRatio)
  return most
}
