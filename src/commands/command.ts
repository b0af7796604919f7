// SPDX-License-Identifier: Apache-2.0

/** Exit codes of the command line. */
export const EXIT = { good: 0, failed: 1, usage: 2, settings: 78 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The terminal itself, for a command that draws. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** What a command may touch of the process; only main.ts makes one. */
export interface Io {
  /** Writes to standard output; resolves when the reader keeps up. */
  out(text: string): Promise<void>
  /** Standard input; ends, or throws an AbortError, when the signal aborts. */
  input(): AsyncIterable<Buffer>
  /** Writes a line to standard error. */
  err(line: string): void
  readonly pid: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Has SIGHUP ask for the settings to be read again; without a handler it ends the program, as it usually does. */
  onReload(handler: () => void): void
  /** Whether standard output is a terminal. */
  readonly terminal: boolean
  /** Standard input and output as streams. */
  window(): TerminalStreams
}
