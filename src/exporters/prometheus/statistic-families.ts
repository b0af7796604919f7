// SPDX-License-Identifier: Apache-2.0
import type { TailName, TailStatus } from '../../spot/detector.ts'
import type { Row } from '../latest.ts'
import { calibrationOf, type Last, STATES, stateOf, tailOf } from '../standing.ts'
import type { Block, Exemplar, Family, Labels, Series } from './family.ts'

const LABELS = ['interface', 'statistic', 'window']

/** A statistic's last sample, and what became of it. */
export type Told = Pick<Row, 'sample' | 'alarms'>

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
  byTail('event_open', 'gauge', 'Whether an event is open', (tail) => Number(tail.eventOpen)),
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
  always('windows', 'counter', 'Windows seen', ({ sample }) => sample?.windows ?? 0),
  always(
    'failures',
    'counter',
    'Windows in which the value could not be computed, since a plugin failed',
    ({ sample }) => sample?.failures ?? 0,
  ),
  judged(
    'recalibrations',
    'Lasting shifts taken for the new normal: all was learned anew',
    ({ sample }) => sample?.status?.recalibrations ?? 0,
    'counter',
  ),
  byTail('anomalies', 'counter', 'Windows judged anomalous', (tail) => tail.anomalies, alarmId),
  byTail('events', 'counter', 'Events: anomalous episodes', (tail) => tail.events),
  byTail('excesses', 'counter', 'Windows beyond the excess threshold', (tail) => tail.excesses),
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
  value: (tail: TailStatus) => number,
  exemplarOf?: (told: Told, tail: TailName) => Exemplar | undefined,
): Definition {
  const valueIn = (tail: TailName) => (told: Told) => {
    const status = tailOf(told.sample, tail)
    return status ? value(status) : 0
  }
  return {
    family: family(name, type, help, ['tail']),
    series: (labels, tails) =>
      tails.map((tail) => ({
        labels: { ...labels, tail },
        value: valueIn(tail),
        ...(exemplarOf && { exemplar: (told: Told) => exemplarOf(told, tail) }),
      })),
  }
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
