// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
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

/** Milliseconds that one file may take. */
const LIMIT = 300_000

/* each file is a program of its own that writes TAP: tap's runner would put its hooks into the programs under test */
async function runFile(file, { counted, copy }) {
  const parser = new Parser()
  const start = performance.now()
  let failed = 0
  parser.on('result', (result) => {
    const name = [file, result.fullname || result.name].filter(Boolean).join(' > ')
    const told = result.skip || result.todo
    if (told) counted.skips.push(`${name}: ${reason(told, 'no reason given')}`)
    else if (result.ok) counted.passed += 1
    else {
      failed += 1
      explain({ ...result, fullname: name })
    }
  })
  const child = spawn(process.execPath, [file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
    env: { ...process.env, NO_COLOR: '1', TAP_TIMEOUT: String(LIMIT / 1000 - 10) },
  })
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const told = new Promise((resolve) => parser.on('complete', resolve))
  copy.write(`# file ${file}\n`)
  for await (const chunk of child.stdout) {
    parser.write(chunk)
    copy.write(chunk)
  }
  parser.end()
  const [code, results] = [await ended, await told]
  if ((code !== 0 || !results.ok) && failed === 0) {
    console.log(`\nFAILED ${file} ended with ${code ?? 'a signal'} without naming a test`)
    failed = 1
  }
  counted.failed += failed
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const skipped = results.count === 0 || results.plan?.skipAll ? ' (skipped)' : ''
  console.log(`${failed === 0 ? 'ok' : 'NOT OK'} ${file}${skipped} ${seconds} s`)
}

/**
 * Runs compiled test files, so many at once, prints a line a file and every failure, and counts assertions; skips
 * carry their reasons. The whole TAP goes to the file `log`.
 */
export async function runTap(files, { jobs, log }) {
  const counted = { passed: 0, failed: 0, skips: [] }
  const copy = createWriteStream(join(root, log))
  const waiting = [...files]
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await runFile(file, { counted, copy })
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  await new Promise((resolve) => copy.end(resolve))
  return counted
}
