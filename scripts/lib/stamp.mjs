// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const stampFile = (name) => join(root, '.stamps', `${name}.sha256`)

function* filesUnder(path) {
  if (!statSync(path).isDirectory()) {
    yield path
    return
  }
  for (const entry of readdirSync(path).sort()) yield* filesUnder(join(path, entry))
}

/** Digest of the names and contents of files and folders; those in `except` are left out. */
export function digest(inputs, except = []) {
  const hash = createHash('sha256')
  const left = new Set(except.map((path) => join(root, path)))
  for (const input of inputs) {
    const path = join(root, input)
    if (!existsSync(path)) continue
    for (const file of filesUnder(path)) {
      if ([...left].some((skipped) => file.startsWith(`${skipped}/`))) continue
      hash
        .update(`${file.slice(root.length)}\0`)
        .update(readFileSync(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/** Whether the step `name` was last done with this digest and left its outputs in place. */
export function isCurrent(name, wanted, outputs) {
  const file = stampFile(name)
  if (!outputs.every((output) => existsSync(join(root, output)))) return false
  return existsSync(file) && readFileSync(file, 'utf8') === wanted
}

/** Remembers that the step `name` was done with this digest. */
export function remember(name, done) {
  mkdirSync(join(root, '.stamps'), { recursive: true })
  writeFileSync(stampFile(name), done)
}
