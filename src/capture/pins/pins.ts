// SPDX-License-Identifier: Apache-2.0
import { closeSync, mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { PktspotError } from '../../errors.ts'
import type { Addon, Interface, NativeError } from '../../native/binding.ts'
import type { PinsSettings } from '../../settings/pins.ts'
import { type Direction, interfaceFolder, interfaceIn, LEVELS, layoutFolder } from './names.ts'
import { removePins } from './remove.ts'
import { type SourcePins, sourcePins } from './source-pins.ts'

/** BPF_FS_MAGIC of linux/magic.h. */
const BPF_FILE_SYSTEM = 0xcafe4a11

/** What outlives the process; no other process may use the directory until it is disposed of. */
export interface Pins extends Disposable {
  at(found: Interface, direction?: Direction): SourcePins
}

export interface PinsOptions {
  readonly addon: Addon
  /** Interfaces that are counted; what is pinned of others is removed. */
  readonly interfaces: readonly Interface[]
  readonly warn: (line: string) => void
}

/**
 * Takes the directory of pins, and removes what cannot go on; undefined where pins are switched off, or cannot be, which
 * is told in one line. Throws PINS_BUSY when another process has it.
 */
export function openPins(settings: PinsSettings, options: PinsOptions): Pins | undefined {
  const { enabled, directory } = settings
  const { addon, interfaces, warn } = options
  if (!enabled) return undefined
  const objection = prepare(directory)
  if (objection !== undefined) {
    warn(`counting stops with the process, since nothing can be pinned: ${objection}`)
    return undefined
  }
  const lock = lockPins(addon, directory)
  const own = join(directory, layoutFolder(addon))
  sweep({ directory, own, interfaces, warn })
  return {
    at: (found, direction = 'receive') =>
      sourcePins(addon, join(own, interfaceFolder(found), direction)),
    [Symbol.dispose]: () => closeSync(lock),
  }
}

/** Takes a directory for this process: a descriptor that holds it. Throws PINS_BUSY when another has it. */
export function lockPins(addon: Addon, directory: string): number {
  try {
    return addon.lockFolder(directory)
  } catch (cause) {
    if ((cause as NativeError).code !== 'EAGAIN') throw cause
    throw new PktspotError(
      'PINS_BUSY',
      `pins.directory: ${directory} is in use by another pktspot process; stop it first, or give each a directory of its own`,
      { cause },
    )
  }
}

/** Makes the directory; says what is wrong with it. */
function prepare(directory: string): string | undefined {
  const mount = 'mount one there: mount -t bpf bpf /sys/fs/bpf'
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (statfsSync(directory).type === BPF_FILE_SYSTEM) return undefined
    return `pins.directory: ${directory} is on no BPF file system; ${mount}`
  } catch (error) {
    return `pins.directory: ${(error as Error).message}; a BPF file system that this process may write to is needed: ${mount}`
  }
}

function sweep(at: {
  directory: string
  own: string
  interfaces: readonly Interface[]
  warn: (line: string) => void
}): void {
  const { directory, own, interfaces, warn } = at
  const layouts = foldersIn(directory, 0).map((name) => join(directory, name))
  for (const folder of layouts.filter((each) => each !== own)) {
    const { pins } = removePins(folder, 1)
    if (pins.length > 0) {
      warn(`counts begin anew: what is pinned in ${folder} is of another layout, and is removed`)
    }
  }
  const counted = new Set(interfaces.map(interfaceFolder))
  for (const name of foldersIn(own, 1).filter((each) => !counted.has(each))) {
    removePins(join(own, name), 2)
    const known = interfaces.some((each) => each.name === interfaceIn(name))
    const why = known ? 'counts begin anew, since it is another interface now' : 'no longer counted'
    warn(`interface ${interfaceIn(name)}: ${why}; its pins are removed`)
  }
}

function foldersIn(folder: string, level: number): string[] {
  try {
    const all = readdirSync(folder, { withFileTypes: true })
    return all
      .filter((each) => each.isDirectory() && LEVELS[level]?.test(each.name))
      .map(({ name }) => name)
  } catch {
    return []
  }
}
