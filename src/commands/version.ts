// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'

/** Reads the version from the package's own package.json. */
export function version(): string {
  let folder = new URL('.', import.meta.url)
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder)
    if (parent.href === folder.href) throw new Error('no package.json above the program')
    folder = parent
  }
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
  const { version } = manifest as { version: string }
  return version
}
