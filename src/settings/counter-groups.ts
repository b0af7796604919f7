// SPDX-License-Identifier: Apache-2.0
import { type KeySetting, key, keyinfo } from './counter-groups-key.ts'
import { type MeterSetting, meter } from './counter-groups-meters.ts'
import { choice, type Format, text, whole } from './format.ts'
import { duration } from './quantity.ts'
import { either, listOf, mapping } from './structure.ts'

/** What a group is called. */
export interface ControlSetting {
  /** `{8-4-4-4-12}`, in either case. */
  readonly guid: string
  readonly name: string
  readonly description: string
  /** Length of a bucket in seconds. */
  readonly bucketsize?: number
  readonly resolver_guid?: string
  readonly layer?: string
  /** Frames that are counted; received ones unless given. */
  readonly direction?: 'receive' | 'transmit' | 'both'
}

/** Bounds of what a group takes up. */
export interface LimitsSetting {
  readonly tracked?: number
  readonly max_series?: number
  /** Seconds. */
  readonly hold?: number
  readonly linger?: number
}

/** A counter group as the file has it. */
export interface GroupSetting {
  readonly control: ControlSetting
  readonly filter?: string
  readonly key: KeySetting
  readonly meters: readonly MeterSetting[]
  readonly keyinfo?: Readonly<Record<string, string>>
  readonly limits?: LimitsSetting
}

/** A group that a plugin feeds: it has no key of packets. */
export type FedGroupSetting = Omit<GroupSetting, 'filter' | 'key'>

/** A group of one's own, or the name of a built-in one: switched on, or off after `!`. */
export type GroupItem = string | GroupSetting

const GUID = /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i

const guid = text(
  'a GUID in braces and quotes, such as "{5A1E7B60-1111-4222-8333-123456789ABC}"',
  (written) => GUID.test(written),
  (written) => {
    if (Array.isArray(written)) return 'quote it: braces alone are a list'
    return typeof written === 'string' && GUID.test(`{${written}}`)
      ? `write "{${written}}"`
      : undefined
  },
)

const control: Format<ControlSetting> = mapping<ControlSetting>({
  guid: { format: guid, required: true },
  name: {
    format: text('a name of a letter and at most 13 more letters, digits and _', (written) =>
      /^[A-Za-z][A-Za-z0-9_]{0,13}$/.test(written),
    ),
    required: true,
  },
  description: {
    format: text(
      'one line of 1 to 200 characters that says what the group shows',
      (written) => /^[^\p{Cc}]{1,200}$/u.test(written) && /\S/.test(written),
    ),
    required: true,
  },
  bucketsize: { format: whole(1, 3600) },
  resolver_guid: { format: guid },
  layer: { format: text('a layer such as TCP', (written) => written !== '') },
  direction: { format: choice(['receive', 'transmit', 'both']) },
})

const limits: Format<LimitsSetting> = mapping<LimitsSetting>({
  tracked: { format: whole(64, 65_536) },
  max_series: { format: whole(1, 4000) },
  hold: { format: duration(1, 86_400) },
  linger: { format: whole(1, 1000) },
})

const group: Format<GroupSetting> = mapping<GroupSetting>({
  control: { format: control, required: true },
  filter: {
    format: text('a filter such as "tcp port 80"', (written) => /\S/.test(written)),
  },
  key: { format: key, required: true },
  meters: { format: listOf(meter), required: true },
  keyinfo: { format: keyinfo },
  limits: { format: limits },
})

export const fedGroup: Format<FedGroupSetting> = mapping<FedGroupSetting>({
  control: { format: control, required: true },
  meters: { format: listOf(meter), required: true },
  keyinfo: { format: keyinfo },
  limits: { format: limits },
})

const builtin = text(
  "a built-in group's name, such as flows, or !src_ip to switch one off",
  (written) => /^!?[A-Za-z][A-Za-z0-9_]*$/.test(written),
)

export const counterGroups: Format<readonly GroupItem[]> = listOf(
  either<GroupItem>(
    `${builtin.expected}; or ${group.expected}`,
    (written) =>
      (typeof written === 'string'
        ? builtin
        : typeof written === 'object' && written !== null && !Array.isArray(written)
          ? group
          : undefined) as Format<GroupItem> | undefined,
  ),
)
