// SPDX-License-Identifier: Apache-2.0
import type { Statistic } from './answers.ts'
import { percent } from './format.ts'
import type { Column } from './series.ts'

/** How a statistic stands, the gravest first. */
export type Kind = 'event' | 'excess' | 'normal' | 'learning' | 'constant' | 'silent' | 'shown'

/** How it stands, in words and with a sign that needs no colour. */
export interface Standing {
  readonly kind: Kind
  readonly text: string
}

/** Tells how a statistic stands. */
export function standingOf(statistic: Statistic): Standing {
  const { tails, state, verdict, tail, calibration_ratio, value } = statistic
  const open = (['upper', 'lower'] as const).filter((name) => tails[name]?.event_open)
  if (open[0]) {
    return { kind: 'event', text: open[0] === 'upper' ? '▲ event: high' : '▼ event: low' }
  }
  if (verdict === 'anomaly') return { kind: 'event', text: '◆ anomaly' }
  if (state === null) return { kind: 'shown', text: 'not judged' }
  if (state === 'learning')
    return { kind: 'learning', text: `◌ learning ${percent(calibration_ratio)}` }
  if (state === 'degenerate') return { kind: 'constant', text: '= constant so far' }
  if (value === null) return { kind: 'silent', text: '– no value' }
  if (verdict === 'excess') return { kind: 'excess', text: tail === 'upper' ? '△ rare' : '▽ rare' }
  return { kind: 'normal', text: '✓ normal' }
}

const ORDER: readonly Kind[] = [
  'event',
  'excess',
  'normal',
  'silent',
  'learning',
  'constant',
  'shown',
]

/** Where a statistic stands in the list: open events first, then the nearest to its threshold. */
export function rankOf(statistic: Statistic, column: Column | undefined): number {
  const { kind } = standingOf(statistic)
  const judged = kind === 'event' || kind === 'excess' || kind === 'normal'
  const fine = judged ? nearness(statistic, column) : (statistic.calibration_ratio ?? 0)
  const group = kind === 'event' ? 0 : judged ? 1 : ORDER.indexOf(kind)
  return group - Math.max(0, Math.min(1, fine)) / 2
}

/** How far from its usual value to the nearer threshold the last value is: 0 to 1, above beyond it. */
export function nearness(
  { value, upper, lower }: Pick<Statistic, 'value' | 'upper' | 'lower'>,
  column: Column | undefined,
): number {
  const known = (column?.value ?? []).filter((each) => each !== null).sort((a, b) => a - b)
  const usual = known[known.length >> 1]
  if (value === null || usual === undefined) return 0
  const way = (threshold: number | null) =>
    threshold === null || threshold === usual ? 0 : (value - usual) / (threshold - usual)
  return Math.max(way(upper), way(lower), 0)
}
