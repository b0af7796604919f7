// SPDX-License-Identifier: Apache-2.0

export type Labels = Readonly<Record<string, string>>

/** One metric family. */
export interface Family {
  /** Name without the `_total` of a counter, as OpenMetrics names families. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
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
}

/** A family with the series that one subject has of it. */
export interface Block<S> {
  readonly family: Family
  readonly series: readonly Series<S>[]
}

/** Says what a family's samples are called: counters end in `_total`. */
export function sampleName(family: Family): string {
  return family.type === 'counter' ? `${family.name}_total` : family.name
}
