// SPDX-License-Identifier: Apache-2.0

/** Exit codes of the command line. */
export const EXIT = { good: 0, failed: 1, usage: 2, settings: 78 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What a command may touch of the process; only main.ts makes one. */
export interface Io {
  /** Writes to standard output; resolves when the reader keeps up. */
  out(text: string): Promise<void>
  /** Standard input; ends, or throws an AbortError, when the signal aborts. */
  input(): AsyncIterable<Buffer>
  /** Writes a line to standard error. */
  err(line: string): void
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Whether standard output is a terminal. */
  readonly terminal: boolean
}
