// SPDX-License-Identifier: Apache-2.0
import { readSettingsFile } from '../settings/file.ts'
import type { Flags } from '../settings/flag-layer.ts'
import { type Resolved, resolveSettings } from '../settings/load.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'
import type { Io } from './command.ts'

/** Resolves the settings of a command line; throws SETTINGS with every mistake. */
export async function settingsOf(
  options: { config?: string | undefined; flags: Flags },
  io: Pick<Io, 'env'>,
): Promise<Resolved> {
  const file = options.config === undefined ? undefined : await readSettingsFile(options.config)
  const statistics = (await loadBuiltinStatistics()).map((statistic) => statistic.name)
  return resolveSettings({ file, env: io.env, flags: options.flags, statistics })
}
