// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../../exporters/latest.ts'
import { readParameters } from './parameters.ts'

/** Writes every interface as it stands now. */
export function interfacesText(latest: Latest, query: URLSearchParams): string {
  readParameters(query, [])
  const interfaces = latest.sources.map((source) => ({
    name: source.name,
    mode: source.mode ?? null,
    transmit: source.transmit ?? null,
    up: source.up,
    reattachments: source.reattachments,
    last_window_end: latest.end(source) ?? null,
  }))
  return JSON.stringify({ interfaces })
}
