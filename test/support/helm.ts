// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { command, type Finished } from './command.ts'
import { packageRoot } from './root.ts'

/** A Kubernetes object as it is written. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [part: string]: unknown
}

/** Folder of the chart. */
export const chart = join(packageRoot, 'charts/pktspot')

/** Runs Helm of a major version to its end; undefined where there is none. */
export async function helm(
  args: readonly string[],
  major: 3 | 4 = 4,
): Promise<Finished | undefined> {
  const script = join(packageRoot, 'scripts/lib/helm.mjs')
  const { findHelm } = (await import(script)) as { findHelm(major: number): string | undefined }
  const found = findHelm(major)
  return found ? command(found, args) : undefined
}

/** Renders the chart; throws what Helm says when it cannot, gives nothing where there is no Helm. */
export async function template(args: readonly string[], major: 3 | 4 = 4): Promise<Manifest[]> {
  const run = await helm(['template', 'pktspot', chart, '--namespace', 'net', ...args], major)
  if (!run) return []
  if (run.code !== 0) throw new Error(run.stderr)
  return manifestsIn(run.stdout)
}

/** Reads the objects of a file of YAML documents. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors
    if (error) throw error
    const manifest = document.toJS() as Manifest | null
    return manifest ? [manifest] : []
  })
}

/** The one object of a kind, and of a name where several are of that kind. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (each) => each.kind === kind && (name === undefined || each.metadata.name === name),
  )
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} of ${kind} ${name ?? ''}`)
  return found[0]
}
