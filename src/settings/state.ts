// SPDX-License-Identifier: Apache-2.0
import { nullable, text } from './format.ts'
import { duration } from './quantity.ts'
import type { Section } from './setting.ts'

/** Where detectors are kept over a restart. */
export interface StateSettings {
  /** Null: nowhere. */
  readonly directory: string | null
  /** Seconds between two snapshots. */
  readonly interval: number
}

export const state: Section<StateSettings> = {
  directory: {
    doc: 'Directory of the snapshots that detectors go on from after a restart, one file an interface; `null`: none are kept',
    default: '/var/lib/pktspot',
    paths: true,
    format: nullable(text('a path', (path) => path !== '')),
  },
  interval: {
    doc: 'Time between two snapshots; the last one is written on exit',
    default: 60,
    format: duration(1, 86_400),
  },
}
