// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installed } from './command.mjs'
import { root } from './root.mjs'
import { digest, isCurrent, remember } from './stamp.mjs'

function removeOthers(folder, wanted) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) removeOthers(path, wanted)
    else if (!wanted.has(path)) rmSync(path)
  }
}

/**
 * Compiles a TypeScript project when its inputs changed, and removes outputs whose source is gone: folders of
 * definitions are loaded whole, so a stale file would come back to life. Gives whether the compiler was content.
 */
export function compile({ name, project, output, inputs, outputs }) {
  const wanted = digest([...inputs, 'tsconfig.json', 'package-lock.json', project])
  if (isCurrent(name, wanted, outputs)) return true
  console.log(`pktspot: compiling to ${output}/`)
  const { status, stdout } = spawnSync(
    process.execPath,
    [installed('typescript/bin/tsc'), '-p', project, '--listEmittedFiles', '--pretty', 'false'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
  )
  const lines = stdout.split('\n')
  const emitted = lines
    .filter((line) => line.startsWith('TSFILE: '))
    .map((line) => line.slice(8).trim())
  const messages = lines.filter((line) => line && !line.startsWith('TSFILE: '))
  if (messages.length > 0) console.error(messages.join('\n'))
  if (emitted.length > 0) removeOthers(join(root, output), new Set(emitted))
  if (status !== 0) return false
  remember(name, wanted)
  return true
}

/** Compiles what users run: src to dist. */
export function compileProduct() {
  return compile({
    name: 'dist',
    project: 'tsconfig.json',
    output: 'dist',
    inputs: ['src'],
    outputs: ['dist/main.js'],
  })
}

/** Compiles src and test to build. */
export function compileTests() {
  return compile({
    name: 'build',
    project: 'tsconfig.test.json',
    output: 'build',
    inputs: ['src', 'test'],
    outputs: ['build/src', 'build/test'],
  })
}
