// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import type { Manifest } from './helm.ts'
import { packageRoot } from './root.ts'

const own = join(packageRoot, 'test/charts/models')
const cache = join(packageRoot, 'node_modules/.cache/pktspot')

/** Folder in which the models of Kubernetes objects are installed, by their own lock file, when first asked for. */
export async function modelsFolder(): Promise<string> {
  const lock = readFileSync(join(own, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12)
  const folder = join(cache, `kubernetes-models-${digest}`)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'fetch-'))
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      copyFileSync(join(own, name), join(fresh, name))
    }
    const args = ['ci', '--prefix', fresh, '--ignore-scripts', '--engine-strict=false']
    const { code, stderr } = await command('npm', [...args, '--prefer-offline', '--no-audit'], {
      timeout: 120_000,
    })
    if (code !== 0) throw new Error(`npm ci: ${stderr}`)
    /* another test file may have been faster */
    if (!existsSync(folder)) renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

/** Module that has the model of an object, and what a program imports to get it. */
export function modelOf({ apiVersion }: Manifest): string {
  const named = apiVersion.startsWith('monitoring.coreos.com/')
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models'
  return `${named}/${apiVersion}`
}

/** Validates an object against the schema of its kind; throws what is wrong. It does not see unknown fields. */
export async function validate(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, 'node_modules', modelOf(manifest), 'index.js')
  const models = (await import(path)) as Record<
    string,
    (new (written: Manifest) => { validate(): void }) | undefined
  >
  const Model = models[manifest.kind]
  if (!Model) throw new Error(`no model of ${manifest.apiVersion} ${manifest.kind}`)
  new Model(manifest).validate()
}
