// SPDX-License-Identifier: Apache-2.0
/* Builds the image of deploy/Dockerfile with podman or docker: `node scripts/image.mjs [TAG] [FLAGS]`. All times in it are
   that of the last commit (or SOURCE_DATE_EPOCH), so that the same commit gives the same content. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCommand, runCommand } from './lib/command.mjs'
import { root } from './lib/root.mjs'

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim()

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [tag = `pktspot:${version}`, ...flags] = process.argv.slice(2)
const epoch = process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct') || '0'
const labels = {
  'org.opencontainers.image.version': version,
  'org.opencontainers.image.revision': git('rev-parse', 'HEAD') || 'unknown',
  'org.opencontainers.image.created': new Date(Number(epoch) * 1000).toISOString(),
}

const podman = findCommand('podman')
const builder = podman ?? findCommand('docker')
if (!builder) {
  console.error('pktspot: neither podman nor docker is on PATH')
  process.exit(1)
}
process.exitCode = runCommand(builder, [
  'build',
  '--file=deploy/Dockerfile',
  `--tag=${tag}`,
  `--build-arg=SOURCE_DATE_EPOCH=${epoch}`,
  ...(podman ? [`--timestamp=${epoch}`] : []),
  ...Object.entries(labels).map(([name, value]) => `--label=${name}=${value}`),
  ...flags,
  '.',
])
