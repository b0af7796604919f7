// SPDX-License-Identifier: Apache-2.0
import { type CaptureSettings, capture } from './capture.ts'
import { type LogSettings, log } from './log.ts'
import { type Key, keysOf, type Section } from './setting.ts'
import { type SpotSettings, spot } from './spot.ts'
import { type StatisticsSettings, statistics } from './statistics.ts'
import { type WebSettings, web } from './web.ts'

/** Everything that users may set, in one deeply frozen object; keys are those of the file. */
export interface Settings extends CaptureSettings {
  readonly statistics: StatisticsSettings
  readonly spot: SpotSettings
  readonly web: WebSettings
  readonly log: LogSettings
}

/** What each setting is, by section. */
export const schema: Section<Settings> = { ...capture, statistics, spot, web, log }

/** All settings, in the schema's order. */
export const keys: readonly Key[] = keysOf(schema)
