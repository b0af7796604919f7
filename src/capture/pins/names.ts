// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Addon } from '../../native/binding.ts'
import type { GroupSpec } from '../group-table.ts'

/** Which packets of an interface are counted; the folder of what counts them. */
export type Direction = 'receive' | 'transmit'

/** Names of ours from the directory downwards: layout, interface, direction, objects and groups, objects of groups. */
export const LEVELS: readonly RegExp[] = [
  /^layout-[0-9a-f]{16}$/,
  /^[1-9]\d*-[^.]+$/,
  /^(?:receive|transmit)$/,
  /^(?:link|tables|programs|layout|filters|notes|group-\d+-[0-9a-f]{16})$/,
  /^(?:cells|keys|notes)$/,
]

/** Folder of all that this build can go on with: the digest of how pinned memory is laid out. */
export function layoutFolder(addon: Addon): string {
  return `layout-${addon.layoutVersion()}`
}

/** Folder of an interface: another one that has its name, or a name that it had before, is not it. */
export function interfaceFolder({ index, name }: { index: number; name: string }): string {
  /* a BPF file system takes no names with dots */
  return `${index}-${encodeURIComponent(name).replaceAll('.', '%2E')}`
}

/** Names the interface of a folder. */
export function interfaceIn(folder: string): string {
  return decodeURIComponent(folder.replace(/^\d+-/, ''))
}

/** Folder of a group: its place in the chain of programs, and a digest of what it counts. */
export function groupFolder(source: string, slot: number, spec: GroupSpec): string {
  return join(source, `group-${slot}-${groupDigest(spec)}`)
}

/** The place and the digest that a group's folder is named after; undefined for another folder. */
export function groupIn(folder: string): { slot: number; digest: string } | undefined {
  const [, slot, digest] = /^group-(\d+)-([0-9a-f]{16})$/.exec(folder) ?? []
  return digest === undefined ? undefined : { slot: Number(slot), digest }
}

/** Identifies what a group counts, whatever room it has for keys. */
export function groupDigest(spec: GroupSpec): string {
  const { slots: _, tracked: __, rank: ___, uniqueBits: ____, seed: _____, ...counted } = spec
  const text = JSON.stringify({ ...counted, classes: [...(spec.classes ?? [])] })
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
