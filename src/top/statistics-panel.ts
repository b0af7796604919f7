// SPDX-License-Identifier: Apache-2.0
import type { Sample } from '../monitor/sample.ts'
import type { Row, Table } from './table.ts'
import { secondsText, valueText } from './units.ts'

/** A statistic of the last window of its length at one interface. */
export interface Judged {
  readonly interface: string
  /** Length of the window in seconds. */
  readonly window: number
  readonly sample: Sample
}

/** Whether a statistic is beyond its threshold now, or was and has not come back for long enough. */
export function isAnomalous({ sample: { judgement, status } }: Judged): boolean {
  return (
    judgement?.verdict === 'anomaly' || (status?.tails.some(({ eventOpen }) => eventOpen) ?? false)
  )
}

/** Lays statistics out against their thresholds: anomalous ones first, then by window and name. */
export function statisticsTable(all: readonly Judged[], several: boolean): Table {
  const rows = all
    .toSorted((a, b) => +isAnomalous(b) - +isAnomalous(a) || a.window - b.window || byName(a, b))
    .map((each): Row => {
      const { statistic, value, judgement } = each.sample
      const cells = [
        statistic.name,
        ...(several ? [each.interface] : []),
        secondsText(each.window),
        valueText(value),
        valueText(judgement?.lower ?? Number.NaN),
        valueText(judgement?.upper ?? Number.NaN),
        stateOf(each),
      ]
      return { cells, alarm: isAnomalous(each) }
    })
  return {
    columns: [
      { title: 'Statistic', kind: 'words', width: 14 },
      ...(several ? [{ title: 'Interface', kind: 'words' as const }] : []),
      { title: 'Window', kind: 'number', spare: 2 },
      { title: 'Value', kind: 'number', width: 7 },
      { title: 'Lower', kind: 'number', width: 7, spare: 1 },
      { title: 'Upper', kind: 'number', width: 7 },
      { title: 'State', kind: 'words', width: 14 },
    ],
    rows,
  }
}

function byName({ sample: a }: Judged, { sample: b }: Judged): number {
  return a.statistic.name < b.statistic.name ? -1 : +(a.statistic.name > b.statistic.name)
}

function stateOf(judged: Judged): string {
  const { judgement, status } = judged.sample
  if (!judgement || !status) return 'not judged'
  if (judgement.verdict === 'anomaly') {
    return judgement.tail === 'lower' ? '! too low' : '! too high'
  }
  if (isAnomalous(judged)) return '! event open'
  if (judgement.verdict === 'learning') {
    const done = Math.min(...status.tails.map(({ calibration }) => calibration))
    return `learning ${Math.floor(100 * done)} %`
  }
  return judgement.verdict === 'degenerate' ? 'constant' : judgement.verdict
}
