// SPDX-License-Identifier: Apache-2.0
import { yesOrNo } from './format.ts'
import type { Section } from './setting.ts'

/** What is told of packets that are dropped. */
export interface DropsSettings {
  readonly enabled: boolean
}

export const drops: Section<DropsSettings> = {
  enabled: {
    doc: 'Whether drops are told: by the kernel with their reasons, by interfaces, and at the backlog; see docs/drops.md',
    default: true,
    format: yesOrNo,
  },
}
