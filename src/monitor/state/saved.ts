// SPDX-License-Identifier: Apache-2.0
import { readBytes, snapshotPath, writeAtomically } from './files.ts'
import type { Memory } from './memory.ts'
import { decodeSnapshot, encodeSnapshot, type SavedDetector, SnapshotFault } from './snapshot.ts'

/** Milliseconds after which what was saved is too old: traffic may be quite another by then. */
export const AGE_LIMIT = 7 * 86_400_000

/**
 * Reads what was saved of an interface, nothing where nothing was; throws with path and reason when a file is there that
 * cannot be used.
 */
export async function readSaved(
  directory: string,
  name: string,
): Promise<readonly SavedDetector[]> {
  const path = snapshotPath(directory, name)
  const oldest = Date.now() - AGE_LIMIT
  try {
    const bytes = await readBytes(path)
    const all = bytes ? decodeSnapshot(name, bytes) : []
    const recent = all.filter(({ saved }) => saved.getTime() >= oldest)
    if (all.length > 0 && recent.length === 0) throw new SnapshotFault('is more than 7 days old')
    return recent
  } catch (error) {
    throw at(path, error)
  }
}

/** Writes all that an interface's detectors have learned by now; what it throws names the path. */
export async function writeMemory(directory: string, name: string, memory: Memory): Promise<void> {
  const path = snapshotPath(directory, name)
  try {
    await writeAtomically(path, encodeSnapshot(name, memory.save(new Date())))
  } catch (error) {
    throw at(path, error)
  }
}

/** Adds the path to what is wrong; errors of the system have it. */
function at(path: string, error: unknown): unknown {
  return error instanceof SnapshotFault ? new SnapshotFault(`${path} ${error.message}`) : error
}
