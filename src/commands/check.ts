// SPDX-License-Identifier: Apache-2.0
import { checkWebConfig } from '../server/web-config/kept.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { settingsOf } from './settings.ts'

/** Checks a settings file by itself; throws SETTINGS with every mistake. */
export async function checkCommand(options: { file: string }, io: Io): Promise<ExitCode> {
  const { settings } = await settingsOf({ config: options.file, flags: {} }, { env: {} })
  if (settings.web.config_file !== null) await checkWebConfig(settings.web.config_file)
  await io.out(`${options.file}: good\n`)
  return EXIT.good
}
