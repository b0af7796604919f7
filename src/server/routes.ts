// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../exporters/latest.ts'
import type { Observed } from '../exporters/observed.ts'
import { type Answer, plain, type Route } from './answer.ts'
import { apiRoutes } from './api/routes.ts'
import { landingPage } from './landing.ts'

/** What the server shows. */
export interface Shown {
  readonly version: string
  readonly telemetryPath: string
  readonly metrics: { readonly contentType: string; render(): Promise<string> }
  /** What the reports said last, and the interfaces as they stand now. */
  readonly latest: Latest
}

/** Gives what is found at each path. */
export function routes(shown: Shown): (path: string) => Route | undefined {
  const { latest, metrics, telemetryPath } = shown
  const page = () => landingPage({ ...shown, interfaces: latest.sources })
  const own = new Map<string, Route>([
    ['/', () => ({ status: 200, type: 'text/html; charset=utf-8', body: page() })],
    ['/-/healthy', () => plain(200, 'ok')],
    ['/-/ready', () => readiness(latest.sources)],
    [
      telemetryPath,
      async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
    ],
  ])
  const api = apiRoutes(latest)
  return (path) => own.get(path) ?? api(path)
}

function readiness(interfaces: readonly Observed[]): Answer {
  return interfaces.some(({ up }) => up)
    ? plain(200, 'ready')
    : plain(503, 'not ready: no interface is being counted')
}
