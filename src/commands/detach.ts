// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync } from 'node:fs'
import { lockPins } from '../capture/pins/pins.ts'
import { removePins } from '../capture/pins/remove.ts'
import { loadAddon } from '../native/binding.ts'
import type { Settings } from '../settings/settings.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'

/** Removes what outlives the program, of this and of other versions, and nothing else; throws PINS_BUSY while it runs. */
export async function detachCommand(
  { pins: { directory } }: Pick<Settings, 'pins'>,
  io: Io,
): Promise<ExitCode> {
  if (!existsSync(directory)) {
    await io.out(`${directory}: nothing is pinned\n`)
    return EXIT.good
  }
  const lock = lockPins(loadAddon(), directory)
  try {
    const { pins, foreign } = removePins(directory, 0)
    await io.out(pins.map((path) => `removed ${path}\n`).join(''))
    for (const path of foreign) io.err(`pktspot: ${path}: not of pktspot's making, left alone`)
    if (pins.length === 0) await io.out(`${directory}: nothing is pinned\n`)
    return EXIT.good
  } finally {
    closeSync(lock)
  }
}
