// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PktspotError } from '../../errors.ts'
import { readSettingsFile } from '../../settings/file.ts'
import type { Fault } from '../../settings/layer.ts'
import { structureFaults } from '../../settings/structure-faults.ts'
import type { Twig } from '../../settings/twig.ts'
import { parseYaml } from '../../settings/yaml-tree.ts'
import { contradictions } from './contradictions.ts'
import { discreet } from './discreet.ts'
import { SECRETS, type Written, webConfigFormat } from './format.ts'
import { planOf } from './material.ts'
import type { TlsPlan } from './tls-plan.ts'
import type { WebConfig } from './web-config.ts'

/** What messages about the whole call it. */
const ROOT = 'web_config'

/** What a file and those that it names said at one moment. */
export interface Examined {
  /** The file and those that it names. */
  readonly files: readonly string[]
  /** Changes when one of them does. */
  readonly state: string
  /** What it says, or why it says nothing. */
  readonly outcome: WebConfig | PktspotError
}

/** Reads a file; never throws, but gives a SETTINGS error with every mistake, one a line. */
export async function examine(path: string): Promise<Examined> {
  /* before reading: a change meanwhile shows at the next look */
  const state = await stateOf([path])
  try {
    const file = await readSettingsFile(path)
    const { root, faults } = parseYaml(file)
    refuse(faults)
    if (!root) throw new Error('a file without mistakes has a root')
    refuse(inOrder(structureFaults(discreet(root, SECRETS), ROOT, webConfigFormat)).map(bare))
    const written = webConfigFormat.read(root.value) ?? {}
    refuse(inOrder(contradictions(root, written)))
    return await withMaterial({ path, root, written, state })
  } catch (error) {
    return { files: [path], state, outcome: asSettingsError(error) }
  }
}

/** Tells the state of files, whether they are there or not. */
export async function stateOf(files: readonly string[]): Promise<string> {
  const states = files.map((file) =>
    stat(file, { bigint: true }).then(
      ({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join(' '),
      (error: NodeJS.ErrnoException) => String(error.code),
    ),
  )
  return (await Promise.all(states)).join('\n')
}

async function withMaterial(read: {
  path: string
  root: Twig
  written: Written
  state: string
}): Promise<Examined> {
  const { path, written } = read
  const tls = written.tls_server_config
  const named = [tls?.cert_file, tls?.key_file, tls?.client_ca_file].flatMap((file) => file ?? [])
  const others = named.map((file) => resolve(dirname(path), file))
  const files = [path, ...others]
  const state = [read.state, await stateOf(others)].join('\n').trimEnd()
  try {
    const plan = tls && Object.keys(tls).length > 0 ? await planOf(read, tls) : undefined
    return { files, state, outcome: webConfig(written, plan) }
  } catch (error) {
    return { files, state, outcome: asSettingsError(error) }
  }
}

function webConfig(written: Written, tls: TlsPlan | undefined): WebConfig {
  const { http_server_config: http, basic_auth_users: users = {}, rate_limit: rate } = written
  const interval = rate?.interval ?? 0
  return {
    tls,
    headers: Object.fromEntries(
      Object.entries(http?.headers ?? {}).map(([name, value]) => [name, value ?? '']),
    ),
    users: new Map(Object.entries(users)),
    rate: interval > 0 ? { interval, burst: rate?.burst ?? 1 } : undefined,
  }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const lines = faults.map(({ place, text }) => `${place.name}: ${text}`)
  throw new PktspotError('SETTINGS', lines.join('\n'))
}

/* the root has no name of its own */
function bare(each: Fault): Fault {
  return { ...each, text: each.text.replace(`${ROOT}.`, '') }
}

function inOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => a.place.order - b.place.order)
}

function asSettingsError(error: unknown): PktspotError {
  if (error instanceof PktspotError) return error
  return new PktspotError('SETTINGS', `the web configuration cannot be read: ${error}`, {
    cause: error,
  })
}
