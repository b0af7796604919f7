// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'

/** Where Debian's ieee-data and nmap keep the vendors of MAC addresses. */
const TABLES = ['/usr/share/ieee-data/oui.txt', '/usr/share/nmap/nmap-mac-prefixes']

/** A line of either table: `28-6F-B9   (hex)  Nokia` or `286FB9 Nokia`. */
const LINE = /^([0-9A-F]{2})-?([0-9A-F]{2})-?([0-9A-F]{2})\s+(?:\(hex\)\s+)?(\S.*?)\s*$/gim

/** Reads vendors by the first three octets, `28:6f:b9`, of the first table that is there; empty without one. */
export async function readVendors(
  paths: readonly string[] = TABLES,
): Promise<ReadonlyMap<string, string>> {
  for (const path of paths) {
    const text = await readFile(path, 'latin1').catch(() => undefined)
    if (text === undefined) continue
    const entries = [...text.matchAll(LINE)].map(([, a, b, c, vendor = '']): [string, string] => [
      `${a}:${b}:${c}`.toLowerCase(),
      vendor,
    ])
    return new Map(entries.filter(([, vendor]) => !vendor.startsWith('(base 16)')))
  }
  return new Map()
}
