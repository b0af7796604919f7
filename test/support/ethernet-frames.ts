// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LinkFrame, readCapture } from './read-pcap.ts'
import { packageRoot } from './root.ts'

const ETHERNET = 1
/** libpcap reads no longer records. */
const LONGEST = 262_144

/** Every Ethernet frame of the fixtures. */
export function fixtureFrames(): Promise<LinkFrame[]> {
  return framesOf(join(packageRoot, 'test/fixtures'), (name) => name.endsWith('.pcap'))
}

/** Every Ethernet frame of a capture collection. */
export function collectionFrames(folder: string): Promise<LinkFrame[]> {
  return framesOf(folder, (name) => !/\.(?:json|md|tsv)$/.test(name))
}

async function framesOf(folder: string, wanted: (name: string) => boolean): Promise<LinkFrame[]> {
  const names = (await readdir(folder)).filter(wanted).sort()
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))))
  return files
    .flatMap((file) => readCapture(file))
    .filter(({ link, data }) => link === ETHERNET && data.length > 0 && data.length <= LONGEST)
}
