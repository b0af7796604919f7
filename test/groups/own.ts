// SPDX-License-Identifier: Apache-2.0
import type { Group, Key } from '../../src/groups/group.ts'
import { ownGroup } from '../../src/groups/own-group.ts'
import type { GroupSetting } from '../../src/settings/counter-groups.ts'

/** Makes a group the way settings do. */
export function made(
  key: GroupSetting['key'],
  more: Partial<Omit<GroupSetting, 'key'>> = {},
): Group {
  return ownGroup({
    control: {
      guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
      name: 'Mine',
      description: 'A group of the tests',
    },
    meters: [
      { id: 0, vartype: 'COUNTER', name: 'Packets', description: 'packets', units: 'Pkts' },
      { id: 1, vartype: 'RATE_COUNTER', name: 'Bytes', description: 'bytes', units: 'B' },
    ],
    ...more,
    key,
  })
}

/** Makes a group with these fields as its key. */
export function keyed(fields: readonly string[], prefix?: Key['prefix']): Group {
  return made({ fields, ...(prefix && { prefix }) })
}
