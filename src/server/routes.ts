// SPDX-License-Identifier: Apache-2.0
import type { History } from '../exporters/history.ts'
import type { Latest } from '../exporters/latest.ts'
import type { Observed } from '../exporters/observed.ts'
import { type Answer, plain, type Route } from './answer.ts'
import { apiRoutes } from './api/routes.ts'
import { pageRoutes } from './page/routes.ts'
import { reloadRoute } from './reload.ts'

/** What the server shows. */
export interface Shown {
  readonly version: string
  readonly telemetryPath: string
  readonly metrics: Metrics
  /** What the reports said last, and the interfaces as they stand now. */
  readonly latest: Latest
  /** The last windows of every statistic; left out, the page draws from when it was opened. */
  readonly history?: History | undefined
  /** Reads the settings again; left out, POST /-/reload is refused. */
  readonly reload?: (() => Promise<void>) | undefined
}

/** Writes the exposition of this moment in the form that the header Accept asks for; `type` is its Content-Type. */
export interface Metrics {
  render(accept: string | undefined): Promise<{ readonly type: string; readonly body: string }>
}

/** What is found where. */
export interface Routes {
  readonly telemetryPath: string
  /** For GET and HEAD. */
  get(path: string): Route | undefined
  /** For POST. */
  post(path: string): Route | undefined
}

/** Gives what is found at each path. */
export function createRoutes(shown: Shown): Routes {
  const { latest, metrics, telemetryPath } = shown
  const own = new Map<string, Route>([
    ...pageRoutes(shown),
    ['/-/healthy', () => plain(200, 'ok')],
    ['/-/ready', () => readiness(latest.sources)],
    [telemetryPath, async (_, accept) => ({ status: 200, ...(await metrics.render(accept)) })],
  ])
  const api = apiRoutes(shown)
  const reload = reloadRoute(shown.reload)
  return {
    telemetryPath,
    get: (path) => own.get(path) ?? api(path),
    post: (path) => (path === '/-/reload' ? reload : undefined),
  }
}

/** Finds what answers a request. */
export function routeOf(routes: Routes, path: string, method = ''): Route | undefined {
  if (method === 'POST') return routes.post(path)
  return method === 'GET' || method === 'HEAD' ? routes.get(path) : undefined
}

/** Lists the methods that a path answers. */
export function methodsAt(routes: Routes, path: string): readonly string[] {
  return [...(routes.get(path) ? ['GET', 'HEAD'] : []), ...(routes.post(path) ? ['POST'] : [])]
}

/* where only patterns are wanted and none is there yet, nothing is missing */
function readiness(interfaces: readonly Observed[]): Answer {
  if (interfaces.length === 0) return plain(200, 'ready: waiting for interfaces')
  return interfaces.some(({ up }) => up)
    ? plain(200, 'ready')
    : plain(503, 'not ready: no interface is being counted')
}
