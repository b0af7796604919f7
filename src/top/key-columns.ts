// SPDX-License-Identifier: Apache-2.0
import { isClassed } from '../groups/fields.ts'
import type { Group } from '../groups/group.ts'
import { fieldsOf, keyLabels, keyValues } from '../groups/key-text.ts'
import type { Labeller } from '../groups/labels.ts'

/** How a group's keys are shown: in words, a column each. */
export interface KeyColumns {
  readonly titles: readonly string[]
  cells(key: readonly bigint[]): readonly string[]
}

const TITLES: Readonly<Record<string, string>> = {
  source_address: 'Source',
  destination_address: 'Destination',
}

/** Lays out a group's keys: an address and its port are one word, and what keys are called stands last. */
export function keyColumns(group: Group, labeller: Labeller): KeyColumns {
  if (group.key.ranges) return rangeColumns(group, group.key.ranges)
  const kinds = isClassed(group.key) ? [] : fieldsOf(group.key.fields).map(({ kind }) => kind)
  const ends = kinds.map((kind, at) => kind === 'address' && kinds[at + 1] === 'port')
  const names = keyLabels(group)
  const titles = names.filter((_, at) => !ends[at - 1]).map((name) => TITLES[name] ?? capital(name))
  const isNamed = group.resolverGuid !== undefined && kinds.some((kind) => NAMED.includes(kind))
  const hasNames = group.keyinfo.size > 0 || isNamed
  const title = kinds.includes('port') ? 'Service' : 'Name'
  return {
    titles: hasNames ? [...titles, title] : titles,
    cells(key) {
      const values = keyValues(group, key)
      const label = labeller(values)
      const name = values.includes(label) ? '' : label
      const words = values
        .map((value, at) => (ends[at] ? endpoint(value, values[at + 1] ?? '') : value))
        .filter((_, at) => !ends[at - 1])
      if (hasNames) return [...words, name]
      return name === '' ? words : [...words.slice(0, -1), `${words.at(-1)} ${name}`]
    },
  }
}

/** Kinds of values that have names of their own. */
const NAMED: readonly string[] = ['port', 'mac', 'ethertype']

/** Ranges by what they span: `65-128`, `> 9216`. */
function rangeColumns(group: Group, bounds: readonly number[]): KeyColumns {
  const [label = ''] = keyLabels(group)
  return {
    titles: [group.key.fields[0] === 'frame.len' ? 'Frame bytes' : capital(label)],
    cells([word = 0n]) {
      const at = Number(word)
      const [below, bound] = [bounds[at - 1], bounds[at]]
      if (bound === undefined) return [`> ${bounds.at(-1)}`]
      return [below === undefined ? `<= ${bound}` : `${below + 1}-${bound}`]
    },
  }
}

function endpoint(address: string, port: string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function capital(label: string): string {
  const words = label
    .replaceAll('_', ' ')
    .replaceAll(/\b(?:icmp|ip|mac|tcp|ttl|vlan)\b/g, (word) => word.toUpperCase())
  return words.charAt(0).toUpperCase() + words.slice(1)
}
