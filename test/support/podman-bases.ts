// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { command, must } from './command.ts'
import { build, imageCache, mustPodman, podman } from './podman.ts'

const DEBIAN = 'docker.io/library/debian:bookworm-slim'
const NODE = 'docker.io/library/node:24-bookworm-slim'
const NODE_PACKAGE = `node-linux-${process.arch}@24.21.0`

/* as Debian's own slim images are made */
const SLIM = [
  '--variant=apt',
  '--include=usr-is-merged',
  '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
  '--aptopt=APT::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
  '--dpkgopt=force-unsafe-io',
  ...['doc', 'man', 'info', 'locale'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`),
]

/**
 * Puts stand-ins for the official base images into the tests' own store, made of Debian's packages and Node's binaries,
 * so that the unmodified Dockerfile builds where no image can be pulled.
 */
export async function baseImages(): Promise<void> {
  if ((await podman(['image', 'exists', NODE])).code === 0) return
  mkdirSync(imageCache, { recursive: true })
  const folder = mkdtempSync(join(imageCache, 'base-'))
  try {
    const archive = join(folder, 'debian.tar')
    await long('mmdebstrap', ...SLIM, 'bookworm', archive)
    await mustPodman(['import', '--quiet', archive, DEBIAN])
    await nodeImage(join(folder, 'node'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function nodeImage(context: string): Promise<void> {
  const local = join(context, 'usr/local')
  mkdirSync(join(local, 'bin'), { recursive: true })
  const fetched = ['install', '--silent', '--no-save', '--ignore-scripts', '--prefix', context]
  await long('npm', ...fetched, NODE_PACKAGE)
  const [name = ''] = NODE_PACKAGE.split('@')
  copyFileSync(join(context, 'node_modules', name, 'bin/node'), join(local, 'bin/node'))
  const npm = dirname(dirname(await realpath((await must('which', 'npm')).trim())))
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true })
  writeFileSync(join(context, 'Dockerfile'), dockerfile(context))
  await build(['--tag', NODE, '--file', join(context, 'Dockerfile')], context)
}

/* authorities that this machine's npm trusts besides, the build's shall trust as well */
function dockerfile(context: string): string {
  const lines = [
    `FROM ${DEBIAN}`,
    'COPY usr /usr',
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
  ]
  const authorities = process.env['NODE_EXTRA_CA_CERTS']
  if (authorities) {
    copyFileSync(authorities, join(context, 'authorities.pem'))
    lines.push(
      'COPY authorities.pem /usr/local/share/',
      'ENV NODE_EXTRA_CA_CERTS=/usr/local/share/authorities.pem',
    )
  }
  return `${lines.join('\n')}\n`
}

async function long(file: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await command(file, args, { timeout: 240_000 })
  if (code !== 0) throw new Error(`${file}: exit ${code}: ${stderr.slice(-2000)}`)
}
