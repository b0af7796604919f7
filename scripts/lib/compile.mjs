// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
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

/* runs the compiler; gives whether it was content, and the files it wrote */
function tsc(...args) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [installed('typescript/bin/tsc'), ...args, '--listEmittedFiles', '--pretty', 'false'],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
  )
  const lines = stdout.split('\n')
  const messages = lines.filter((line) => line && !line.startsWith('TSFILE: '))
  if (messages.length > 0) console.error(messages.join('\n'))
  const emitted = lines
    .filter((line) => line.startsWith('TSFILE: '))
    .map((line) => line.slice(8).trim())
  return { good: status === 0, emitted }
}

/* the page runs in browsers: it has a project of its own, and styles and pictures that are taken as they are */
function compilePage(output) {
  const { good, emitted } = tsc('-p', 'tsconfig.page.json', '--outDir', output)
  const copied = readdirSync(join(root, 'src/page')).filter((name) => /\.(?:css|svg)$/.test(name))
  for (const name of copied) cpSync(join(root, 'src/page', name), join(root, output, name))
  return { good, emitted: [...emitted, ...copied.map((name) => join(root, output, name))] }
}

/**
 * Compiles a TypeScript project, and the page into its folder `page`, when its inputs changed, and removes outputs whose
 * source is gone: folders of definitions are loaded whole, so a stale file would come back to life. Gives whether the
 * compiler was content.
 */
export function compile({ name, project, output, page, inputs, outputs }) {
  const projects = [project, 'tsconfig.page.json', 'tsconfig.json']
  const wanted = digest([...inputs, 'package-lock.json', ...projects])
  if (isCurrent(name, wanted, outputs)) return true
  console.log(`pktspot: compiling to ${output}/`)
  const parts = [tsc('-p', project), compilePage(page)]
  const emitted = parts.flatMap((part) => part.emitted)
  if (emitted.length > 0) removeOthers(join(root, output), new Set(emitted))
  if (!parts.every(({ good }) => good)) return false
  remember(name, wanted)
  return true
}

/** Compiles what users run: src to dist. */
export function compileProduct() {
  return compile({
    name: 'dist',
    project: 'tsconfig.json',
    output: 'dist',
    page: 'dist/page',
    inputs: ['src'],
    outputs: ['dist/main.js', 'dist/page'],
  })
}

/** Compiles src and test to build. */
export function compileTests() {
  return compile({
    name: 'build',
    project: 'tsconfig.test.json',
    output: 'build',
    page: 'build/src/page',
    inputs: ['src', 'test'],
    outputs: ['build/src', 'build/test', 'build/src/page'],
  })
}
