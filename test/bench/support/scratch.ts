// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A temporary folder that is gone when the process ends, also by an exception, SIGINT or SIGTERM. */
export function scratch(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pktspot-${name}-`))
  process.prependOnceListener('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  return folder
}

/** Mounts a BPF file system of one's own inside a scratch folder: what is pinned there goes with it. */
export function bpfFolder(parent: string): string {
  const folder = join(parent, 'bpf')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'bpf', 'bpf', folder])
  process.prependOnceListener('exit', () => execFileSync('umount', [folder]))
  return folder
}
