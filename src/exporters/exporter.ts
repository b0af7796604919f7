// SPDX-License-Identifier: Apache-2.0

import type { Window } from '../counters/window.ts'
import type { Sample } from '../monitor/sample.ts'

/** One window of one source with its statistics. */
export interface Report {
  /** Name of the source: interface or capture file. */
  readonly source: string
  readonly window: Window
  readonly samples: readonly Sample[]
}

/** Carries reports outside; a slow one queues within itself, bounded, and never stalls capture. */
export interface Exporter extends AsyncDisposable {
  readonly name: string
  publish(report: Report): void | Promise<void>
  /** Forgets a source after its last report; one that comes later under its name begins anew. */
  forget?(source: string): void
}
