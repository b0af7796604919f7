// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Parser } from 'tap-parser'
import { installed } from './command.mjs'
import { root } from './root.mjs'

/* tap-parser tells a directive without a reason as `true` */
const reason = (told, name) => (told === true || told === '' ? name : told)

function explain({ fullname, name, diag }) {
  const { source, stack, at, ...rest } = diag ?? {}
  console.log(`\nFAILED ${fullname || name}`)
  if (at?.fileName) console.log(`  at ${at.fileName}:${at.lineNumber}`)
  for (const [key, value] of Object.entries(rest)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    console.log(`  ${key}: ${text.trimEnd().replaceAll('\n', '\n    ')}`)
  }
  if (stack) console.log(`  stack: ${stack.trimEnd().replaceAll('\n', '\n    ')}`)
}

/**
 * Runs compiled test files under tap, prints a line a file and every failure, and counts assertions; skips carry
 * their reasons. The whole TAP goes to the file `log`.
 */
export async function runTap(files, { jobs, log }) {
  const counted = { passed: 0, failed: 0, skips: [] }
  const parser = new Parser()
  parser.on('result', (result) => {
    const told = result.skip || result.todo
    if (told)
      counted.skips.push(`${result.fullname || result.name}: ${reason(told, 'no reason given')}`)
    else if (result.ok) counted.passed += 1
    else {
      counted.failed += 1
      explain(result)
    }
  })
  parser.on('assert', (file) => {
    console.log(
      `${file.ok ? 'ok' : 'NOT OK'} ${file.name} ${file.skip ? '(skipped)' : ''} ${Math.round(file.time ?? 0)} ms`,
    )
  })
  const tap = spawn(
    process.execPath,
    [installed('tap/dist/esm/run.mjs'), 'run', '--reporter=tap', `--jobs=${jobs}`, ...files],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } },
  )
  const ended = new Promise((resolve, reject) => tap.on('error', reject).on('close', resolve))
  const told = new Promise((resolve) => parser.on('complete', resolve))
  const copy = createWriteStream(join(root, log))
  await pipeline(
    tap.stdout,
    async function* (chunks) {
      for await (const chunk of chunks) {
        parser.write(chunk)
        yield chunk
      }
    },
    copy,
  )
  parser.end()
  const [code, results] = [await ended, await told]
  if ((code !== 0 || !results.ok) && counted.failed === 0) {
    console.log(`\nFAILED tap ended with ${code} without naming a test: see ${log}`)
    counted.failed = 1
  }
  return counted
}
