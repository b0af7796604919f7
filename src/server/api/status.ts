// SPDX-License-Identifier: Apache-2.0
import { hostname } from 'node:os'
import type { Latest } from '../../exporters/latest.ts'
import { readParameters } from './parameters.ts'

/** What the program is and since when it runs. */
export interface About {
  readonly version: string
  readonly telemetryPath: string
}

/** Writes what the program is, since when it runs, and how long its windows are. */
export function statusText(
  { base, periods }: Latest,
  about: About,
  query: URLSearchParams,
): string {
  readParameters(query, [])
  return JSON.stringify({
    host: hostname(),
    version: about.version,
    time: new Date(),
    started: new Date(Math.round(performance.timeOrigin)),
    period: base,
    windows: periods,
    telemetry_path: about.telemetryPath,
  })
}
