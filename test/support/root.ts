// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of package.json, found by walking up from the compiled test. */
export const packageRoot = walkUp(dirname(fileURLToPath(import.meta.url)))

/** The compiled program that belongs to the compiled tests. */
export const program = fileURLToPath(new URL('../../src/main.js', import.meta.url))

function walkUp(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('no package.json above the tests')
  return walkUp(parent)
}
