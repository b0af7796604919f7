// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const packagesIn = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages

/** Whether node_modules holds what package-lock.json names; packages for other platforms may be absent. */
export function dependenciesAreCurrent() {
  try {
    const there = packagesIn('node_modules/.package-lock.json')
    return Object.entries(packagesIn('package-lock.json')).every(
      ([path, { version, optional, peer }]) =>
        path === '' || there[path]?.version === version || (!there[path] && (optional || peer)),
    )
  } catch {
    return false
  }
}
