// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { PktspotError } from '../errors.ts'
import type { Answer, Order } from './compile-child.ts'
import { FILTER_MILLISECONDS, START_MILLISECONDS, TOTAL_MILLISECONDS } from './limits.ts'
import type { FilterMistake } from './program.ts'

const PROGRAM = fileURLToPath(new URL('./compile-child.js', import.meta.url))
const MISSING =
  'filters need libpcap, which is not there. Install it (Debian, Ubuntu: libpcap0.8; Fedora, Alpine: libpcap)'

type Child = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable }

/**
 * Has a process compile texts, one after the other: instructions or a mistake for each. Ends early after one that took
 * too long, which ended the process; at least one text is answered. `deadline` is in milliseconds of the monotonic clock.
 */
export async function* answers(
  texts: readonly string[],
  dataLink: number,
  deadline: number,
): AsyncGenerator<Uint8Array | FilterMistake> {
  if (performance.now() >= deadline) {
    yield* texts.map(() => tooLong(`all filters took more than ${TOTAL_MILLISECONDS / 1000} s`))
    return
  }
  const child = start({ texts, dataLink })
  const kill = (): void => void child.kill('SIGKILL')
  let timer = setTimeout(kill, START_MILLISECONDS)
  let said = -1
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(timer)
      const answer = JSON.parse(line) as Answer
      said += 1
      if (answer.state === 'missing') throw new PktspotError('LIBPCAP_MISSING', MISSING)
      timer = setTimeout(kill, FILTER_MILLISECONDS)
      if (answer.state === 'program') yield Buffer.from(answer.instructions, 'base64')
      if (answer.state === 'mistake') yield answer.mistake
    }
    if (said < 0) throw new PktspotError('LIBPCAP_MISSING', `${PROGRAM}: it did not start`)
    if (said < texts.length) {
      yield tooLong(`it takes more than ${FILTER_MILLISECONDS / 1000} s or too much memory`)
    }
  } finally {
    clearTimeout(timer)
    kill()
  }
}

function start(order: Order): Child {
  const child = fork(PROGRAM, { execArgv: [], stdio: ['pipe', 'pipe', 'ignore', 'ipc'] }) as Child
  child.on('error', () => {}) // its output ends, which says enough
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify(order))
  return child
}

function tooLong(what: string): FilterMistake {
  return { kind: 'limit', message: `${what} to compile` }
}
