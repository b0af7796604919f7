// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CaptureError } from '../errors.ts'

/** What is used of npm's package cap, version 0.2: a capture by libpcap on the main thread. */
export interface Cap {
  /** Gives the link type's name; throws in libpcap's words. Each packet is written to `into` before `packet` is told. */
  open(device: string, filter: string, ringBytes: number, into: Buffer): string
  on(event: 'packet', listener: (bytes: number, isTruncated: boolean) => void): void
  close(): void
}

const BUILD =
  'is compiled when it is installed (Debian, Ubuntu: g++, make, python3 and libpcap-dev)'

const require = createRequire(import.meta.url)

/** Throws CAP_MISSING when the package is not there, or was not compiled. */
export function requireCap(): void {
  const folder = packageFolder()
  if (folder === undefined) {
    throw new CaptureError(
      'CAP_MISSING',
      `needs the npm package cap, which is not installed: run npm install cap; it ${BUILD}`,
    )
  }
  if (!existsSync(join(folder, 'build/Release/cap.node'))) {
    throw new CaptureError(
      'CAP_MISSING',
      `finds the npm package cap in ${folder} not compiled: run npm rebuild cap; it ${BUILD}`,
    )
  }
}

/** Loads the package, which may only be done on a process's main thread; throws Node's error. */
export function loadCap(): new () => Cap {
  return (require('cap') as { Cap: new () => Cap }).Cap
}

function packageFolder(): string | undefined {
  try {
    return dirname(require.resolve('cap/package.json'))
  } catch {
    return undefined
  }
}
