// SPDX-License-Identifier: Apache-2.0
import { STATES } from '../../exporters/standing.ts'
import { groupSchemas } from './openapi-groups.ts'
import {
  boolean,
  byName,
  list,
  meaning,
  named,
  nullable,
  number,
  object,
  oneOf,
  type Schema,
  text,
  time,
  whole,
} from './schema.ts'

const TAIL = oneOf('lower', 'upper')
const VERDICT = oneOf('learning', 'degenerate', 'normal', 'excess', 'anomaly')
const STATE = oneOf(...STATES)
const PROBABILITY = { type: 'number', minimum: 0, maximum: 1 }

const TAIL_SUMMARY = {
  state: STATE,
  calibration_ratio: PROBABILITY,
  excess_threshold: nullable(number),
  false_alarm_ratio: meaning(nullable(PROBABILITY), 'Probability q in force'),
  anomalies: meaning(whole, 'Windows judged anomalous'),
  events: meaning(whole, 'Episodes of them'),
  excesses: meaning(whole, 'Windows beyond the excess threshold'),
  event_open: boolean,
  last_alarm: meaning(
    nullable(
      object({
        id: meaning(text, 'The same wherever the alarm is told of'),
        time,
        value: number,
        threshold: number,
        probability: PROBABILITY,
      }),
    ),
    'What opened the last event since the start',
  ),
}

const TAIL_DETAIL = {
  ...TAIL_SUMMARY,
  next_threshold: nullable(number),
  target_false_alarm_ratio: nullable(PROBABILITY),
  level: nullable(PROBABILITY),
  excess_share: nullable(PROBABILITY),
  stored_excesses: whole,
  gamma: nullable(number),
  sigma: nullable(number),
}

const STANDING = {
  name: text,
  help: text,
  unit: text,
  interface: text,
  window: meaning(number, 'Length in seconds'),
  time: meaning(nullable(time), 'Start of the last window'),
  value: nullable(number),
  upper: meaning(nullable(number), 'The threshold that the value was judged against'),
  lower: nullable(number),
  verdict: nullable(VERDICT),
  tail: nullable(TAIL),
  probability: nullable(PROBABILITY),
  state: meaning(nullable(STATE), 'Null for a statistic that is never judged'),
  calibration_ratio: nullable(PROBABILITY),
  recent_max: meaning(nullable(number), 'Of the last 60 seconds'),
  recent_min: nullable(number),
  windows: whole,
  failures: whole,
  recalibrations: whole,
}

const tails = (name: string): Schema => {
  const one = named(name)
  return object({}, { lower: one, upper: one })
}

/** What the API's answers are made of, by name. */
export const schemas: Readonly<Record<string, Schema>> = {
  ...groupSchemas,
  Error: object({ error: text }),
  TailSummary: object(TAIL_SUMMARY),
  TailDetail: object(TAIL_DETAIL, {
    probability_of_value: nullable(PROBABILITY),
    value_at_probability: nullable(number),
  }),
  Statistic: object({ ...STANDING, tails: tails('TailSummary') }),
  StatisticDetail: object({
    ...STANDING,
    n: meaning(nullable(whole), 'Values that the detector was fed'),
    tails: tails('TailDetail'),
    keys: meaning(
      byName(byName(list(named('Key')))),
      'Greatest keys of the running bucket, by group and meter',
    ),
  }),
  Histogram: object({ bounds: list(number), counts: list(whole) }),
  Counters: object({
    interface: text,
    time,
    lost: meaning(nullable(whole), 'Frames that the source admits it lost'),
    counters: nullable(byName(nullable(whole))),
    histograms: nullable(byName(named('Histogram'))),
  }),
  Interface: object({
    name: text,
    mode: meaning(nullable(text), 'Null before the first attachment'),
    transmit: meaning(
      nullable(text),
      'The same of transmitted frames; null where they are not counted',
    ),
    up: meaning(boolean, 'Whether packets are being counted'),
    reattachments: whole,
    last_window_end: nullable(time),
  }),
  Mark: object({ time, verdict: oneOf('excess', 'anomaly'), tail: TAIL }),
  StatisticHistory: object({
    name: text,
    value: meaning(list(nullable(number)), 'One a window'),
    upper: meaning(list(nullable(number)), 'The thresholds that the values were judged against'),
    lower: list(nullable(number)),
    marks: meaning(list(named('Mark')), 'Windows that were judged out of the ordinary'),
  }),
  WindowHistory: object({
    interface: text,
    window: number,
    capacity: meaning(whole, 'Windows that are kept'),
    times: meaning(list(time), 'Starts of the windows, oldest first'),
    statistics: list(named('StatisticHistory')),
  }),
  Status: object({
    host: text,
    version: text,
    time,
    started: time,
    period: meaning(number, 'Length of the shortest windows in seconds'),
    windows: meaning(list(number), 'Lengths of all windows'),
    telemetry_path: text,
  }),
}
