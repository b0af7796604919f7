// SPDX-License-Identifier: Apache-2.0
import { type Field, isClassed } from './fields.ts'
import type { Group } from './group.ts'
import { fieldsOf, keyText, keyWords } from './key-text.ts'
import { ETHERTYPES } from './resolvers/ethertypes.ts'
import { serviceName } from './resolvers/services.ts'

/** Finds the label of a key from the values of its labels in metrics; empty: there is none, the key is shown. */
export type Labeller = (values: readonly string[]) => string

/**
 * Makes the labeller of a group: its own keyinfo, else what the group that it names as its resolver knows of the key
 * or of its value of the same kind. Vendors are by the first octets of MAC addresses.
 */
export function labelOf(
  group: Group,
  all: readonly Group[],
  vendors: ReadonlyMap<string, string> = new Map(),
): Labeller {
  const own = keyinfoOf(group)
  const target = all.find(({ guid }) => guid === group.resolverGuid)
  if (!target) return (values) => own(values.join('/')) ?? ''
  const theirs = keyinfoOf(target)
  const [kind] = plainFields(target).map((field) => field.kind)
  const fields = plainFields(group)
  const at = fields.findIndex((field) => field.kind === kind)
  const protocol = fields.findIndex((field) => field.kind === 'protocol')
  return (values) => {
    const text = values.join('/')
    const value = values[at]
    const told = own(text) ?? theirs(text) ?? (value === undefined ? undefined : theirs(value))
    if (told !== undefined) return told
    return (value !== undefined && kind && named(kind, value, values[protocol], vendors)) || ''
  }
}

/** Looks keys up in a group's keyinfo, which may write their numbers in other forms than `keyText`. */
function keyinfoOf(group: Group): (text: string) => string | undefined {
  const canonical = [...group.keyinfo].flatMap(([text, label]): [string, string][] => {
    const words = keyWords(group, text)
    return words ? [[keyText(group, words), label]] : []
  })
  const labels = new Map([...canonical, ...group.keyinfo])
  return (text) => labels.get(text)
}

function plainFields({ key }: Group): readonly Field[] {
  return isClassed(key) ? [] : fieldsOf(key.fields)
}

function named(
  kind: Field['kind'],
  value: string,
  protocol: string | undefined,
  vendors: ReadonlyMap<string, string>,
): string | undefined {
  if (kind === 'port') return serviceName(value, protocol)
  if (kind === 'mac') return vendors.get(value.slice(0, 8))
  if (kind === 'ethertype') return ETHERTYPES.get(Number(value))
  /* addresses and protocols are written readably as they are */
  if (kind === 'address' || kind === 'protocol') return value
  return undefined
}
