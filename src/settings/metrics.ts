// SPDX-License-Identifier: Apache-2.0
import { yesOrNo } from './format.ts'
import type { Section } from './setting.ts'

/** What metrics tell. */
export interface MetricsSettings {
  /** Whether OpenMetrics has a series beside each counter that says when it began. */
  readonly created: boolean
}

export const metrics: Section<MetricsSettings> = {
  created: {
    doc: 'Whether OpenMetrics tells when each counter began (`_created`), which Prometheus stores as a second series',
    default: false,
    format: yesOrNo,
  },
}
