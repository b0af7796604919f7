// SPDX-License-Identifier: Apache-2.0
import { EXIT, type ExitCode, type Io } from './command.ts'
import { settingsOf } from './settings.ts'

/** Checks a settings file by itself; throws SETTINGS with every mistake. */
export async function checkCommand(options: { file: string }, io: Io): Promise<ExitCode> {
  await settingsOf({ config: options.file, flags: {} }, { env: {} })
  await io.out(`${options.file}: good\n`)
  return EXIT.good
}
