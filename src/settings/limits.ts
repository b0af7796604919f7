// SPDX-License-Identifier: Apache-2.0
import { nullable } from './format.ts'
import { share } from './quantity.ts'
import type { Section } from './setting.ts'

/** What counting may cost the machine. */
export interface LimitsSettings {
  /** Share of one core that our programs on the packets' way may take, all interfaces together; null: any. */
  readonly cpu: number | null
}

export const limits: Section<LimitsSettings> = {
  cpu: {
    doc: "Share of one core that counting may take on the packets' way, all interfaces together; above it users' filters are shed, then groups, then all counting on an interface, until it fits again; `null`: no limit",
    default: 0.1,
    format: nullable(share(0.001, 1)),
  },
}
