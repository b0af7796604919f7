// SPDX-License-Identifier: Apache-2.0
import type { Statistic } from './answers.ts'
import { make, mark, write } from './dom.ts'
import { percent } from './format.ts'

/** How many statistics have thresholds, and how far the others are. */
export interface Calibration {
  readonly box: HTMLElement
  update(statistics: readonly Statistic[]): void
}

export function createCalibration(): Calibration {
  const text = make('span', { id: 'calibration-text' })
  const progress = make('progress', { max: '1', 'aria-labelledby': 'calibration-text' })
  const box = make('p', { class: 'calibration' }, progress, text)
  return {
    box,
    update(statistics) {
      const judged = statistics.filter(({ state }) => state !== null)
      const of = (state: string) => judged.filter((each) => each.state === state)
      const [learning, constant] = [of('learning'), of('degenerate')]
      const sum = judged.reduce((all, each) => all + (each.calibration_ratio ?? 0), 0)
      const share = judged.length > 0 ? sum / judged.length : 0
      progress.value = share
      mark(box, 'data-done', learning.length === 0 ? '' : undefined)
      const parts = [
        `${of('calibrated').length} of ${judged.length} statistics have thresholds`,
        ...(learning.length > 0 ? [`${learning.length} learning (${percent(share)} done)`] : []),
        ...(constant.length > 0 ? [`${constant.length} constant so far`] : []),
      ]
      write(text, parts.join(', '))
    },
  }
}
