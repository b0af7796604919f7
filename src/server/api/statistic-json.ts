// SPDX-License-Identifier: Apache-2.0
import type { Alarm } from '../../exporters/alarm.ts'
import type { Row } from '../../exporters/latest.ts'
import { calibrationOf, stateOf, tailOf } from '../../exporters/standing.ts'
import type { TailCounts } from '../../monitor/carried.ts'
import type { TailName, TailStatus } from '../../spot/detector.ts'
import { probabilityOf, valueAt } from '../../spot/probability.ts'

/** What is asked of every tail. */
export interface Question {
  /** How probable a value at least this far out is. */
  readonly value: number | undefined
  /** Which value is passed with this probability. */
  readonly probability: number | undefined
}

/** A statistic in short, by the names that `replay` and the metrics use; NaN becomes null in JSON. */
export function summary(row: Row) {
  return { ...standing(row), tails: tails(row, tailSummary) }
}

/** The same with what its probabilities follow from, and answers to the question. */
export function detail(row: Row, question: Question) {
  const n = row.tails.length === 0 ? null : (row.sample?.status?.values ?? 0)
  const tail = (
    status: TailStatus | undefined,
    alarm: Alarm | undefined,
    counts: TailCounts | undefined,
  ) => ({
    ...tailSummary(status, alarm, counts),
    ...learned(status),
    ...answers(status, question),
  })
  return { ...standing(row), n, tails: tails(row, tail) }
}

function standing({ source, statistic, period, start, sample, counts, tails }: Row) {
  const { judgement } = sample ?? {}
  const judged = tails.length > 0
  return {
    name: statistic.name,
    help: statistic.help,
    unit: statistic.unit,
    interface: source,
    window: period,
    time: start ?? null,
    value: sample?.value ?? null,
    upper: judgement?.upper ?? null,
    lower: judgement?.lower ?? null,
    verdict: judgement?.verdict ?? null,
    tail: judgement?.tail ?? null,
    probability: judgement?.probability ?? null,
    state: judged ? stateOf(sample) : null,
    calibration_ratio: judged ? calibrationOf(sample) : null,
    recent_max: sample?.recentMax ?? null,
    recent_min: sample?.recentMin ?? null,
    windows: counts.windows,
    failures: counts.failures,
    recalibrations: counts.recalibrations,
  }
}

function tails<T>(
  { tails, sample, counts, alarms }: Row,
  of: (status: TailStatus | undefined, alarm: Alarm | undefined, counts?: TailCounts) => T,
) {
  const entries = tails.map((name): [TailName, T] => [
    name,
    of(tailOf(sample, name), alarms[name], counts.tails[name]),
  ])
  return Object.fromEntries(entries)
}

function tailSummary(
  status: TailStatus | undefined,
  alarm: Alarm | undefined,
  counts: TailCounts = { anomalies: 0, events: 0, excesses: 0 },
) {
  return {
    state: status?.state ?? 'learning',
    calibration_ratio: status?.calibration ?? 0,
    excess_threshold: status?.excessThreshold ?? null,
    false_alarm_ratio: status?.falseAlarmRatio ?? null,
    anomalies: counts.anomalies,
    events: counts.events,
    excesses: counts.excesses,
    event_open: status?.eventOpen ?? false,
    last_alarm: alarm ? lastAlarm(alarm) : null,
  }
}

function lastAlarm({ id, time, value, threshold, probability }: Alarm) {
  return { id, time, value, threshold, probability }
}

function learned(status: TailStatus | undefined) {
  const { fit } = status ?? {}
  return {
    next_threshold: status?.threshold ?? null,
    target_false_alarm_ratio: status?.targetRatio ?? null,
    level: status?.level ?? null,
    excess_share: fit?.share ?? null,
    stored_excesses: status?.stored ?? 0,
    gamma: fit?.gamma ?? null,
    sigma: fit?.sigma ?? null,
  }
}

function answers(status: TailStatus | undefined, { value, probability }: Question) {
  return {
    ...(value !== undefined && {
      probability_of_value: status ? probabilityOf(status, value) : null,
    }),
    ...(probability !== undefined && {
      value_at_probability: status ? valueAt(status, probability) : null,
    }),
  }
}
