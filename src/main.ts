#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { addAbortSignal } from 'node:stream'
import { isatty } from 'node:tty'
import { EXIT, type ExitCode, type Io } from './commands/command.ts'
import { runProgram } from './commands/program.ts'
import { type ErrorCode, PktspotError } from './errors.ts'

/** Exit codes of errors that users meet; all others are EXIT.failed. */
const EXIT_OF: Partial<Record<ErrorCode, ExitCode>> = { USAGE: EXIT.usage, SETTINGS: EXIT.settings }

const STANDARD_ERROR = 2

/** Milliseconds that a broken program gets to release what it opened. */
const LAST_BREATH = 5000

async function main(): Promise<never> {
  const stop = new AbortController()
  const reader = { gone: false }
  const failure = { seen: false }

  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.on(signal, () => {
      if (!stop.signal.aborted) return stop.abort()
      /* an exit would wait for a read that blocks a thread; the first process of a container needs it */
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
      process.exit(code)
    })
  }
  process.on('uncaughtException', (error) => {
    /* a view gives the terminal back first, so that the stack can be read */
    stop.abort()
    printStack(error)
    if (failure.seen) process.exit(EXIT.failed)
    failure.seen = true
    setTimeout(() => process.exit(EXIT.failed), LAST_BREATH).unref()
  })
  const lost = (error: NodeJS.ErrnoException): void => {
    if (reader.gone) return
    reader.gone = true
    if (error.code !== 'EPIPE') {
      failure.seen = true
      io.err(`pktspot: standard output cannot be written: ${error.message}`)
    }
    stop.abort()
  }
  process.stdout.on('error', lost)
  process.stderr.on('error', () => undefined)

  const io: Io = {
    out: (text) =>
      new Promise((resolve) => {
        if (reader.gone) resolve()
        else
          process.stdout.write(text, (error) => {
            if (error) lost(error)
            resolve()
          })
      }),
    input: () => addAbortSignal(stop.signal, process.stdin),
    err: (line) => void process.stderr.write(`${line}\n`),
    pid: process.pid,
    env: process.env,
    signal: stop.signal,
    onReload: (handler) => {
      const attended = isatty(STANDARD_ERROR)
      process.on('SIGHUP', () => {
        if (!attended || isatty(STANDARD_ERROR)) return handler()
        /* a terminal that has gone hangs up, too; Node would abort when it gives it back at the exit */
        process.removeAllListeners('SIGHUP')
        process.kill(process.pid, 'SIGHUP')
      })
    },
    terminal: process.stdout.isTTY === true,
    window: () => ({ input: process.stdin, output: process.stdout }),
  }

  const code = await runProgram(process.argv.slice(2), io).catch((error: unknown) => {
    if (reader.gone || (stop.signal.aborted && isAbort(error))) return EXIT.good
    return report(error, io)
  })
  process.exit(failure.seen ? EXIT.failed : reader.gone ? EXIT.good : code)
}

function report(error: unknown, io: Io): ExitCode {
  if (!(error instanceof PktspotError)) {
    printStack(error)
    return EXIT.failed
  }
  for (const line of error.message.split('\n')) io.err(`pktspot: ${line}`)
  return EXIT_OF[error.code] ?? EXIT.failed
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function printStack(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`pktspot: this is a bug: ${stack}\n`)
}

await main()
