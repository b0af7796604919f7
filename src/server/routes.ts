// SPDX-License-Identifier: Apache-2.0
import { type Interface, landingPage } from './landing.ts'

/** An answer before it is sent. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export type Route = () => Answer | Promise<Answer>

/** What the server shows. */
export interface Shown {
  readonly version: string
  readonly telemetryPath: string
  readonly metrics: { readonly contentType: string; render(): Promise<string> }
  /** Interfaces as they stand now. */
  readonly interfaces: readonly Interface[]
}

/** Gives what is found at each path. */
export function routes(shown: Shown): ReadonlyMap<string, Route> {
  const { metrics, telemetryPath } = shown
  return new Map<string, Route>([
    ['/', () => ({ status: 200, type: 'text/html; charset=utf-8', body: landingPage(shown) })],
    ['/-/healthy', () => plain(200, 'ok')],
    ['/-/ready', () => readiness(shown.interfaces)],
    [
      telemetryPath,
      async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
    ],
  ])
}

/** Makes an answer of one line of text. */
export function plain(status: number, line: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n` }
}

function readiness(interfaces: readonly Interface[]): Answer {
  return interfaces.some(({ up }) => up)
    ? plain(200, 'ready')
    : plain(503, 'not ready: no interface is being counted')
}
