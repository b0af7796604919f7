// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { command, must } from '../support/command.ts'
import { program } from '../support/root.ts'

/** A terminal with a program in it. */
export interface Pane {
  /** Lines as they are seen, without trailing spaces. */
  screen(): Promise<string[]>
  /** Waits until the screen has this; throws with the screen when it does not come. */
  until(pattern: RegExp, milliseconds?: number): Promise<string[]>
  /** Presses keys, by tmux's names. */
  press(...keys: readonly string[]): Promise<void>
  resize(columns: number, rows: number): Promise<void>
  /** Process of the program, while it runs. */
  pid(): Promise<number>
  /** Waits for the end: the exit code, the terminal's settings before and after, and what is left on it. */
  ended(): Promise<Left>
}

export interface Left {
  readonly code: number
  readonly before: string
  readonly after: string
  readonly screen: readonly string[]
  readonly isAlternate: boolean
  readonly hasCursor: boolean
}

export interface TopOptions {
  readonly columns?: number
  readonly rows?: number
  /** Options of Node's own. */
  readonly node?: readonly string[]
}

/** Why there can be no terminal; undefined: there can. */
export async function missingTmux(): Promise<string | undefined> {
  const found = await command('tmux', ['-V']).catch(() => undefined)
  return found?.code === 0 ? undefined : 'tmux is not installed'
}

/** Starts `pktspot top` in a terminal of this size; it is gone when the test ends. */
export async function startTop(
  t: Test,
  args: readonly string[],
  { columns = 80, rows = 24, node = [] }: TopOptions = {},
): Promise<Pane> {
  const folder = t.testdir()
  const socket = `pktspot-${randomBytes(4).toString('hex')}`
  const tmux = (...words: readonly string[]): Promise<string> =>
    must('tmux', '-L', socket, ...words)
  const place = ['-x', String(columns), '-y', String(rows)]
  const quoted = [process.execPath, ...node, program, 'top', ...args]
    .map((word) => `'${word}'`)
    .join(' ')
  const script = [
    'echo what was there before',
    `stty -a > '${folder}/before'`,
    quoted,
    `echo $? > '${folder}/code'`,
    `stty -a > '${folder}/after'`,
    `echo done > '${folder}/done'`,
    'sleep 60',
  ]
  await tmux('-f', '/dev/null', 'new-session', '-d', ...place, 'sh', '-c', script.join('\n'))
  t.teardown(() => command('tmux', ['-L', socket, 'kill-server']))
  await tmux('set-option', '-g', 'status', 'off')
  await tmux('set-option', '-g', 'window-size', 'manual')
  await tmux('resize-window', ...place)

  async function screen(): Promise<string[]> {
    const text = await tmux('capture-pane', '-p')
    return text.replace(/\n$/, '').split('\n')
  }
  const flag = async (name: string): Promise<boolean> =>
    (await tmux('display-message', '-p', `#{${name}}`)).trim() === '1'
  const file = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  return {
    screen,
    async until(pattern, milliseconds = 15_000) {
      for (const end = Date.now() + milliseconds; ; await sleep(50)) {
        const lines = await screen()
        if (pattern.test(lines.join('\n'))) return lines
        if (Date.now() > end) throw new Error(`no ${pattern} in:\n${lines.join('\n')}`)
      }
    },
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    resize: async (width, height) =>
      void (await tmux('resize-window', '-x', String(width), '-y', String(height))),
    async pid() {
      const shell = (await tmux('display-message', '-p', '#{pane_pid}')).trim()
      return Number(await readFile(`/proc/${shell}/task/${shell}/children`, 'utf8'))
    },
    async ended() {
      for (const end = Date.now() + 10_000; ; await sleep(50)) {
        if (await file('done').catch(() => undefined)) break
        if (Date.now() > end) throw new Error(`still there:\n${(await screen()).join('\n')}`)
      }
      return {
        code: Number(await file('code')),
        before: await file('before'),
        after: await file('after'),
        screen: await screen(),
        isAlternate: await flag('alternate_on'),
        hasCursor: await flag('cursor_flag'),
      }
    },
  }
}
