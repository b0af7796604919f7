// SPDX-License-Identifier: Apache-2.0
import { type CommandOptions, command, type Finished } from './command.ts'
import { program } from './root.ts'

/** One line of `replay --totals`. */
export interface TotalsRow {
  readonly file: string
  readonly packets: number
  readonly bytes: number
  readonly error: string | null
  readonly counters: Readonly<Record<string, number>>
  readonly histograms: Readonly<
    Record<string, { readonly bounds: readonly number[]; readonly counts: readonly number[] }>
  >
}

/** Runs the compiled program to its end. */
export function pktspot(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return command(process.execPath, [program, ...args], options)
}

/** Parses newline-delimited JSON. */
export function lines<T>(stdout: string): T[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

/** Runs `replay --totals` over capture files. */
export async function totals(
  files: readonly string[],
  options: CommandOptions = {},
): Promise<{ rows: TotalsRow[]; finished: Finished }> {
  const finished = await pktspot(['replay', '--totals', ...files], options)
  return { rows: lines<TotalsRow>(finished.stdout), finished }
}
