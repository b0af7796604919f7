// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises'
import { PktspotError } from '../errors.ts'

/** A settings file. */
export interface SettingsFile {
  readonly path: string
  readonly text: string
}

/** Largest settings file in bytes. */
export const FILE_LIMIT = 2 ** 20

/** Reads a settings file; throws SETTINGS when it cannot be read, is too large or is not UTF-8. */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const bytes = await readBytes(path)
  if (bytes.length > FILE_LIMIT) throw tooLarge(path)
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (cause) {
    throw new PktspotError('SETTINGS', `${path}: not UTF-8 text; save it as UTF-8`, { cause })
  }
}

/** Refuses a file above the limit. */
export function tooLarge(path: string): PktspotError {
  return new PktspotError(
    'SETTINGS',
    `${path}: larger than 1 MiB; this is no settings file, or it needs to be cut down`,
  )
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    return await readUpTo(file, FILE_LIMIT + 1)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PktspotError('SETTINGS', `${path}: cannot be read: ${reason}`, { cause })
  }
}

/** Reads a stretch rather than the whole: a device or pipe has no end to trust. */
async function readUpTo(file: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit)
  let filled = 0
  while (filled < limit) {
    const { bytesRead } = await file.read(buffer, filled, limit - filled, null)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
