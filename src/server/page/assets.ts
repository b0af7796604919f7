// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A file that the page loads. */
export interface Asset {
  readonly type: string
  readonly body: Uint8Array
}

/** The page's files by their names, and what changes whenever one of them does. */
export interface Assets {
  readonly version: string
  readonly files: ReadonlyMap<string, Asset>
}

const TYPES = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const

/** The chart library, as its package has it. */
const CHARTS = { 'uplot.css': 'uplot/dist/uPlot.min.css', 'uplot.js': 'uplot/dist/uPlot.esm.js' }

/** Reads the page's compiled scripts, its styles and its chart library; none where they were not built. */
export function readAssets(folder: URL = new URL('../../page/', import.meta.url)): Assets {
  const files = new Map<string, Asset>()
  const add = (name: string, from: URL): void => {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES]
    if (type) files.set(name, { type, body: readFileSync(from) })
  }
  if (existsSync(folder)) {
    for (const name of readdirSync(folder).sort()) add(name, new URL(name, folder))
    for (const [name, path] of Object.entries(CHARTS)) {
      add(name, new URL(import.meta.resolve(path)))
    }
  }
  const hash = createHash('sha256')
  for (const [name, { body }] of files) hash.update(`${name}\0${body.length}\0`).update(body)
  return { version: hash.digest('hex').slice(0, 16), files }
}
