// SPDX-License-Identifier: Apache-2.0
import { type CaptureSettings, capture } from './capture.ts'
import { counterGroups, type GroupItem } from './counter-groups.ts'
import { counters, type UserCounter } from './counters.ts'
import { type DropsSettings, drops } from './drops.ts'
import { list, text } from './format.ts'
import { type LimitsSettings, limits } from './limits.ts'
import { type LogSettings, log } from './log.ts'
import { type MetricsSettings, metrics } from './metrics.ts'
import { type OtlpSettings, otlp } from './otlp.ts'
import { type PinsSettings, pins } from './pins.ts'
import { type PrivacySettings, privacy } from './privacy.ts'
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
  /** Counters by filters. */
  readonly counters: readonly UserCounter[]
  /** Statistics by expressions. */
  readonly user_statistics: readonly UserStatistic[]
  /** Counter groups of one's own, and built-in ones that are switched. */
  readonly counter_groups: readonly GroupItem[]
  readonly privacy: PrivacySettings
  /** Paths of modules with statistics. */
  readonly plugins: readonly string[]
  readonly drops: DropsSettings
  readonly state: StateSettings
  readonly pins: PinsSettings
  readonly web: WebSettings
  readonly limits: LimitsSettings
  readonly otlp: OtlpSettings
  readonly metrics: MetricsSettings
  readonly log: LogSettings
}

/** What each setting is, by section. */
export const schema: Section<Settings> = {
  ...capture,
  statistics,
  spot,
  counters: {
    doc: 'Counters by filters: `[{name: TCP_ZEROWIN, help: …, layer: TCP, filter: "tcp[14:2] == 0"}]`; see docs/counters.md',
    default: [],
    fileOnly: true,
    format: counters,
  },
  user_statistics: {
    doc: 'Statistics by expressions over counters: `[{name: R_RST, expr: RST / TCP}]`; see docs/statistics.md',
    default: [],
    fileOnly: true,
    format: userStatistics,
  },
  counter_groups: {
    doc: 'Counter groups: names of built-in ones to switch on, or off after `!`, and groups of your own; see docs/groups.md',
    default: [],
    fileOnly: true,
    format: counterGroups,
  },
  privacy,
  plugins: {
    doc: 'JavaScript modules with statistics, by paths relative to the file; see docs/statistics.md',
    default: [],
    paths: true,
    format: list(
      text('a path', (path) => path !== ''),
      0,
    ),
  },
  drops,
  state,
  pins,
  web,
  limits,
  otlp,
  metrics,
  log,
}

/** All settings, in the schema's order. */
export const keys: readonly Key[] = keysOf(schema)
