// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { must } from './command.ts'
import { build } from './podman.ts'
import { baseImages } from './podman-bases.ts'
import { missingPrivilege } from './privileges.ts'
import { packageRoot } from './root.ts'

const TOOLS = ['podman', 'runc', 'mmdebstrap', 'prometheus', 'prometheus-alertmanager', 'npm']

/** Why no image can be built and run here; undefined when it can. */
export function missingForImages(): string | undefined {
  const absent = TOOLS.filter((tool) => spawnSync(tool, ['--version']).status !== 0)
  if (absent.length > 0) return `needs ${absent.join(', ')}`
  return missingPrivilege()
}

/** Builds the image from the Dockerfile and this checkout, as far as it changed since; gives its identifier. */
export async function productImage(): Promise<string> {
  await baseImages()
  /* npm's cache of this machine spares downloads; the build may write to it */
  const cache = (await must('npm', 'config', 'get', 'cache')).trim()
  mkdirSync(cache, { recursive: true })
  const dockerfile = ['--file', join(packageRoot, 'deploy/Dockerfile')]
  const ignored = ['--ignorefile', join(packageRoot, '.dockerignore')]
  const mounted = ['--volume', `${cache}:/root/.npm`]
  return build([...dockerfile, ...ignored, ...mounted, '--tag', 'pktspot:test'], packageRoot)
}
