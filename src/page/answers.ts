// SPDX-License-Identifier: Apache-2.0

export type Verdict = 'learning' | 'degenerate' | 'normal' | 'excess' | 'anomaly'
export type TailName = 'lower' | 'upper'
export type Numbers = readonly (number | null)[]

export interface Status {
  readonly host: string
  readonly version: string
  readonly started: string
  readonly time: string
  readonly period: number
  readonly windows: readonly number[]
}

export interface Interface {
  readonly name: string
  readonly mode: string | null
  readonly transmit: string | null
  readonly up: boolean
  readonly reattachments: number
  readonly last_window_end: string | null
}

export interface Tail {
  readonly state: 'learning' | 'calibrated' | 'degenerate'
  readonly calibration_ratio: number
  readonly excess_threshold: number | null
  readonly false_alarm_ratio: number | null
  readonly anomalies: number
  readonly events: number
  readonly excesses: number
  readonly event_open: boolean
  readonly last_alarm: { readonly time: string; readonly value: number } | null
}

export interface Statistic<T extends Tail = Tail> {
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly time: string | null
  readonly value: number | null
  readonly upper: number | null
  readonly lower: number | null
  readonly verdict: Verdict | null
  readonly tail: TailName | null
  readonly probability: number | null
  readonly state: Tail['state'] | null
  readonly calibration_ratio: number | null
  readonly recent_max: number | null
  readonly recent_min: number | null
  readonly windows: number
  readonly failures: number
  readonly recalibrations: number
  readonly tails: Partial<Readonly<Record<TailName, T>>>
}

export interface TailDetail extends Tail {
  readonly next_threshold: number | null
  readonly target_false_alarm_ratio: number | null
  readonly level: number | null
  readonly excess_share: number | null
  readonly stored_excesses: number
  readonly gamma: number | null
  readonly sigma: number | null
}

export interface Detail extends Statistic<TailDetail> {
  readonly n: number | null
  readonly keys: Readonly<Record<string, Readonly<Record<string, readonly Key[]>>>>
}

export interface Mark {
  readonly time: string
  readonly verdict: 'excess' | 'anomaly'
  readonly tail: TailName
}

export interface History {
  readonly capacity: number
  readonly times: readonly string[]
  readonly statistics: readonly {
    readonly name: string
    readonly value: Numbers
    readonly upper: Numbers
    readonly lower: Numbers
    readonly marks: readonly Mark[]
  }[]
}

export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: readonly (number | string)[]
}

/** Counts above 2^53 come as text, with all their digits. */
export interface Counters {
  readonly interface: string
  readonly time: string
  readonly lost: number | string | null
  readonly counters: Readonly<Record<string, number | string | null>> | null
  readonly histograms: Readonly<Record<string, Histogram>> | null
}

export interface Amount {
  readonly value: number | null
}

export interface Key extends Amount {
  readonly key: string
  readonly label: string
  readonly exact: boolean
}

export interface Meter {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly vartype: string
  readonly units: string
  readonly total: Amount | null
  readonly other: Amount | null
  readonly top?: readonly Key[]
}

export interface Group {
  readonly interface: string
  readonly name: string
  readonly description: string
  readonly bucket_seconds: number
  readonly bucket: {
    readonly start: string
    readonly seconds: number
    readonly full: boolean
  } | null
  readonly meters: readonly Meter[]
}
