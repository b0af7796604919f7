// SPDX-License-Identifier: Apache-2.0
import { type Dirent, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { LEVELS } from './names.ts'

/** What became of what lay in a folder. */
export interface Removed {
  /** Paths of the objects that were unpinned. */
  readonly pins: readonly string[]
  /** Paths of what is not ours, left as it is. */
  readonly foreign: readonly string[]
}

/**
 * Removes our pins in a folder and below, and the folders that are empty then; nothing where there is none. `level` says
 * whose folder it is: 0 is the directory of all pins. Throws the system's error when the folder cannot be read.
 */
export function removePins(folder: string, level: number): Removed {
  const pins: string[] = []
  const foreign: string[] = []
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (!LEVELS[level]?.test(entry.name)) {
      foreign.push(path)
    } else if (entry.isDirectory()) {
      const below = removePins(path, level + 1)
      pins.push(...below.pins)
      foreign.push(...below.foreign)
    } else {
      unlinkSync(path)
      pins.push(path)
    }
  }
  if (foreign.length === 0) removeEmpty(folder)
  return { pins, foreign }
}

/** Lists a folder, the link first: without it nothing counts into the rest. */
function entriesOf(folder: string): Dirent[] {
  try {
    const all = readdirSync(folder, { withFileTypes: true })
    return all.sort((a, b) => Number(b.name === 'link') - Number(a.name === 'link'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Removes a folder if it can be: not the root of a file system, nor one that holds anything. */
export function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!['ENOENT', 'EBUSY', 'ENOTEMPTY', 'EPERM', 'EACCES'].includes(code ?? '')) throw error
  }
}
