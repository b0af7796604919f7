// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import {
  constants,
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SNAPSHOT_LIMIT, SnapshotFault, tooLarge } from './snapshot.ts'

const SUFFIX = '.pktspot-state'
const TEMPORARY = /\.pktspot-state\.[0-9a-f]+\.tmp$/

/** Gives the path of an interface's snapshot. */
export function snapshotPath(directory: string, name: string): string {
  return join(directory, encodeURIComponent(name) + SUFFIX)
}

/**
 * Makes a directory and those above it. By itself, since Node's own recursion never returns where the system says ENOENT
 * below a directory that exists, as under /proc.
 */
export async function makeDirectory(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 })
  await make().catch(async (error) => {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path))
    await make()
  })
}

/** Reads a snapshot; undefined when there is none. Throws SnapshotFault on what can be none. */
export async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    /* what is no file, such as a pipe without a writer, must not hold up the start */
    return await withFile(
      await open(path, constants.O_RDONLY | constants.O_NONBLOCK),
      async (file) => {
        const found = await file.stat()
        if (!found.isFile()) throw new SnapshotFault('is no file')
        if (found.size > SNAPSHOT_LIMIT) throw tooLarge(found.size)
        return file.readFile()
      },
    )
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Puts a file in place as a whole: whatever happens in between, power failure too, there is the old content or the new.
 */
export async function writeAtomically(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await withFile(await open(temporary, 'wx', 0o600), async (file) => {
      await file.writeFile(bytes)
      await file.sync()
    })
    await rename(temporary, path)
    await withFile(await open(dirname(path), 'r'), (folder) => folder.sync())
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Removes what writers that were killed left behind, and snapshots of interfaces that are long gone. */
export async function sweep(directory: string, oldest: Date): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const stale =
      TEMPORARY.test(name) || (name.endsWith(SUFFIX) && (await stat(path)).mtime < oldest)
    if (stale) await rm(path)
  }
}

/** Removes all snapshots but so many of the newest. */
export async function keepNewest(directory: string, most: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(SUFFIX))
  if (names.length <= most) return
  const snapshots = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name)
      return { path, time: (await stat(path)).mtimeMs }
    }),
  )
  const newestFirst = snapshots.toSorted((a, b) => b.time - a.time)
  for (const { path } of newestFirst.slice(most)) await rm(path)
}

async function withFile<T>(file: FileHandle, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
