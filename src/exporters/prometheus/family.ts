// SPDX-License-Identifier: Apache-2.0

export type Labels = Readonly<Record<string, string>>

/** One metric family. */
export interface Family {
  /** Name without the `_total` of a counter and the `_info` of an info, as OpenMetrics names families. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'unknown'
  /** What it tells, without a full stop. */
  readonly help: string
  /** Names of its labels, `le` excepted. */
  readonly labels: readonly string[]
}

/** One series of a family and how its value is read off a subject S; a string is a decimal, written as it is. */
export interface Series<S> {
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly labels: Labels
  readonly value: (subject: S) => number | bigint | string
  /** Unix seconds at which a counter began, where that was later than the program. */
  readonly created?: (subject: S) => number
  /** An event that a counter or a bucket counted last; OpenMetrics alone has it. */
  readonly exemplar?: (subject: S) => Exemplar | undefined
}

/** Leads from a count to one event of it. */
export interface Exemplar {
  /** 128 characters at most, names and values together. */
  readonly labels: Labels
  readonly value: number
  /** Unix seconds. */
  readonly seconds: number
}

/** A family with the series that one subject has of it. */
export interface Block<S> {
  readonly family: Family
  readonly series: readonly Series<S>[]
}

/** Says what a family's samples are called: counters end in `_total`, infos in `_info`. */
export function sampleName({ type, name }: Family): string {
  if (type === 'counter') return `${name}_total`
  return type === 'info' ? `${name}_info` : name
}

/** Says what the text format calls a family's type, which has fewer. */
export function textType({ type }: Family): string {
  if (type === 'info') return 'gauge'
  return type === 'unknown' ? 'untyped' : type
}
