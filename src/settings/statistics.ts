// SPDX-License-Identifier: Apache-2.0
import { list, text } from './format.ts'
import { glob } from './glob.ts'
import type { Section } from './setting.ts'

/** Which statistics are computed, by patterns of their names. */
export interface StatisticsSettings {
  readonly enabled: readonly string[]
  /** Wins over `enabled`. */
  readonly disabled: readonly string[]
}

const pattern = text(
  "a statistic's name or a pattern such as R_*: letters, digits, _, * and ?",
  (name) => /^[A-Za-z0-9_*?]+$/.test(name),
)

export const statistics: Section<StatisticsSettings> = {
  enabled: {
    doc: 'Statistics to compute: names and patterns (`R_*`)',
    default: ['*'],
    format: list(pattern, 0),
  },
  disabled: {
    doc: 'Statistics to leave out: names and patterns; wins over `statistics.enabled`',
    default: [],
    format: list(pattern, 0),
  },
}

/** Tells whether the settings want a statistic. */
export function isEnabled(settings: StatisticsSettings, name: string): boolean {
  const matches = (patterns: readonly string[]) => patterns.some((each) => glob(each)(name))
  return matches(settings.enabled) && !matches(settings.disabled)
}
