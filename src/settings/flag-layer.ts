// SPDX-License-Identifier: Apache-2.0
import type { Layer } from './layer.ts'
import { keys } from './settings.ts'

/** Values of flags by their names without dashes: `{ source: 'xdp', interface: ['eth0'] }`. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>

/** Reads the flags that stand for settings. */
export function flagLayer(flags: Flags): Layer {
  const written = keys.flatMap((key) => {
    const value = key.flag && flags[key.flag.name]
    if (!key.flag || value === undefined) return []
    const name = `--${key.flag.name}`
    const joined = typeof value === 'string' ? value : value.join(',')
    return [{ key, value: joined, place: { name, origin: name, order: 0 } }]
  })
  return { written, faults: [] }
}
