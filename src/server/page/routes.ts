// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../answer.ts'
import { readAssets } from './assets.ts'
import { pageDocument } from './document.ts'

/** What a file may be kept for: its address changes with it. */
const FOREVER = { 'Cache-Control': 'public, max-age=31536000, immutable' }

/** Gives the page and its files, by their paths. */
export function pageRoutes(shown: {
  readonly version: string
  readonly telemetryPath: string
}): [path: string, route: Route][] {
  const assets = readAssets()
  const body = pageDocument({ ...shown, assets })
  const files = [...assets.files].map(([name, file]): [string, Route] => [
    `/page/${assets.version}/${name}`,
    () => ({ status: 200, ...file, headers: FOREVER }),
  ])
  return [['/', () => ({ status: 200, type: 'text/html; charset=utf-8', body })], ...files]
}
