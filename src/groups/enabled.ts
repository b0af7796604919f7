// SPDX-License-Identifier: Apache-2.0
import type { GroupItem } from '../settings/counter-groups.ts'
import type { PrivacySettings } from '../settings/privacy.ts'
import { loadBuiltinGroups } from './builtin.ts'
import type { BuiltinGroup } from './definition.ts'
import type { Group } from './group.ts'
import { ownGroup } from './own-group.ts'
import { withPrivacy } from './spec.ts'

/** Groups that there are and those that count. */
export interface GroupChoice {
  /** Built-in ones, switched on or not, one's own and plugins': any may resolve keys. */
  readonly all: readonly Group[]
  /** Those that count, in the order of `all`; their addresses are cut to what may be shown. */
  readonly enabled: readonly Group[]
}

/** Loads the groups that the settings ask for, and those that plugins brought unless they are switched off. */
export async function chosenGroups(
  settings: {
    readonly counter_groups: readonly GroupItem[]
    readonly privacy: PrivacySettings
  },
  plugins: readonly Group[] = [],
): Promise<GroupChoice> {
  const isOn = switchedOn(settings.counter_groups)
  const builtin = await loadBuiltinGroups()
  const own = settings.counter_groups.filter((item) => typeof item !== 'string').map(ownGroup)
  const fed = plugins.filter(({ name }) => isOn({ name, on: true }))
  const enabled = [...builtin.filter(isOn), ...own, ...fed]
  return {
    all: [...builtin, ...own, ...plugins],
    enabled: enabled.map((group) => withPrivacy(group, settings.privacy)),
  }
}

/** Tells which groups count that can be switched: of several words about one the last is in force. */
export function switchedOn(
  items: readonly GroupItem[],
): (group: Pick<BuiltinGroup, 'name' | 'on'>) => boolean {
  const switches = items
    .filter((item) => typeof item === 'string')
    .map((item): [string, boolean] => [groupWord(item), !item.startsWith('!')])
  const last = new Map(switches)
  return ({ name, on }) => last.get(name.toLowerCase()) ?? on
}

/** Name of a group in a word that switches it, in lower case. */
export function groupWord(item: string): string {
  return item.replace(/^!/, '').toLowerCase()
}
