// SPDX-License-Identifier: Apache-2.0
import { effectiveYaml } from '../settings/effective.ts'
import type { Resolved } from '../settings/load.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'

/** Prints the settings in force: as YAML with where each comes from, or as JSON. */
export async function configCommand(
  resolved: Resolved,
  options: { json: boolean },
  io: Io,
): Promise<ExitCode> {
  const json = (): string => `${JSON.stringify(resolved.settings, null, 2)}\n`
  await io.out(options.json ? json() : effectiveYaml(resolved))
  return EXIT.good
}
