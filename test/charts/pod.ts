// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { chart, type Manifest, only, template } from '../support/helm.ts'

/** What is asked of a container. */
export interface Container {
  readonly name: string
  readonly image: string
  readonly args: readonly string[]
  readonly env: readonly { name: string; value?: string }[]
  readonly ports?: readonly { name: string; containerPort: number }[]
  readonly livenessProbe: Readonly<Record<string, unknown>>
  readonly readinessProbe: Readonly<Record<string, unknown>>
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly volumeMounts: readonly { name: string; mountPath: string }[]
}

/** What is asked of a pod. */
export interface Pod {
  readonly containers: readonly Container[]
  readonly volumes: readonly Record<string, unknown>[]
  readonly [part: string]: unknown
}

/** The pods of the DaemonSet, and their first container. */
export function podOf(
  manifests: readonly Manifest[],
): Pod & { own: Container; manifest: Manifest } {
  const manifest = only(manifests, 'DaemonSet')
  const { template } = manifest['spec'] as { template: { spec: Pod } }
  const [own] = template.spec.containers
  if (!own) throw new Error('no container')
  return { ...template.spec, own, manifest }
}

/** Arguments for a set of values of the chart. */
export const set = (name: string) => ['-f', join(chart, 'ci', `${name}-values.yaml`)]
/** Renders the chart and gives the pods of the DaemonSet. */
export const pod = async (...args: string[]) => podOf(await template(args))
