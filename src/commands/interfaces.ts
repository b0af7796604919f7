// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

/** An interface of this network namespace. */
export interface InterfaceRow {
  readonly name: string
  /** Index in the kernel. */
  readonly index: number
  /** Operational state (RFC 2863): `up`, `down`, `unknown` where the driver does not say. */
  readonly state: string
  /** Largest payload in bytes. */
  readonly mtu: number
  /** Link-layer address; empty where there is none. */
  readonly mac: string
  /** IPv4 and IPv6 addresses with their prefix lengths. */
  readonly addresses: readonly string[]
}

/** Lists the interfaces by index, from sysfs (Documentation/ABI/testing/sysfs-class-net). */
export async function listInterfaces(folder = '/sys/class/net'): Promise<InterfaceRow[]> {
  const addresses = networkInterfaces()
  const entries = await readdir(folder)
  const rows = await Promise.all(
    entries.map(async (name) => {
      const read = (file: string) => readFile(join(folder, name, file), 'utf8').catch(() => '')
      const [index, state, mtu, mac] = await Promise.all(
        ['ifindex', 'operstate', 'mtu', 'address'].map(async (file) => (await read(file)).trim()),
      )
      return {
        name,
        index: Number(index),
        state: state || 'unknown',
        mtu: Number(mtu),
        mac: mac ?? '',
        addresses: (addresses[name] ?? []).map((each) => each.cidr ?? each.address),
      }
    }),
  )
  /* the folder also holds bonding_masters, which is a file, and interfaces may vanish meanwhile */
  return rows.filter((row) => row.index > 0).toSorted((a, b) => a.index - b.index)
}
