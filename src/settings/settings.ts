// SPDX-License-Identifier: Apache-2.0
import { type CaptureSettings, capture } from './capture.ts'
import { list, text } from './format.ts'
import { type LogSettings, log } from './log.ts'
import { type Key, keysOf, type Section } from './setting.ts'
import { type SpotSettings, spot } from './spot.ts'
import { type StateSettings, state } from './state.ts'
import { type StatisticsSettings, statistics } from './statistics.ts'
import { type UserStatistic, userStatistics } from './user-statistics.ts'
import { type WebSettings, web } from './web.ts'

/** Everything that users may set, in one deeply frozen object; keys are those of the file. */
export interface Settings extends CaptureSettings {
  readonly statistics: StatisticsSettings
  readonly spot: SpotSettings
  /** Statistics by expressions. */
  readonly user_statistics: readonly UserStatistic[]
  /** Paths of modules with statistics. */
  readonly plugins: readonly string[]
  readonly state: StateSettings
  readonly web: WebSettings
  readonly log: LogSettings
}

/** What each setting is, by section. */
export const schema: Section<Settings> = {
  ...capture,
  statistics,
  spot,
  user_statistics: {
    doc: 'Statistics by expressions over counters: `[{name: R_RST, expr: RST / TCP}]`; see docs/statistics.md',
    default: [],
    fileOnly: true,
    format: userStatistics,
  },
  plugins: {
    doc: 'JavaScript modules with statistics, by paths relative to the file; see docs/statistics.md',
    default: [],
    paths: true,
    format: list(
      text('a path', (path) => path !== ''),
      0,
    ),
  },
  state,
  web,
  log,
}

/** All settings, in the schema's order. */
export const keys: readonly Key[] = keysOf(schema)
