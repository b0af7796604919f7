// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { removePins } from '../../src/capture/pins/remove.ts'
import { missingPrivilege } from './privileges.ts'

const FILE_SYSTEM = '/sys/fs/bpf'
const MAGIC = 0xcafe4a11

/** Why nothing can be pinned here; undefined when it can. */
export function missingPins(): string | undefined {
  const privilege = missingPrivilege()
  if (privilege !== undefined) return privilege
  return statfsSync(FILE_SYSTEM).type === MAGIC ? undefined : `needs bpffs at ${FILE_SYSTEM}`
}

/** A directory of pins, empty; ours in it are removed when the test ends. */
export function pinsDirectory(t: Test): string {
  const directory = join(FILE_SYSTEM, `pktspot-${randomBytes(3).toString('hex')}`)
  mkdirSync(directory)
  t.teardown(() => void removePins(directory, 0))
  return directory
}
