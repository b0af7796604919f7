// SPDX-License-Identifier: Apache-2.0

/** A key of a list in the API's answer. */
export interface KeyJson {
  readonly key: string
  readonly label: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly sum?: number
  readonly exact: boolean
}

/** What a meter was worth. */
export interface AmountJson {
  readonly value: number
  readonly sum?: number
}

/** A meter of a group in the API's answer. */
export interface MeterJson {
  readonly name: string
  readonly total: AmountJson | null
  readonly other: AmountJson | null
  readonly top?: readonly KeyJson[]
  readonly bottom?: readonly KeyJson[]
}

/** A group of one interface in the API's answer. */
export interface GroupJson {
  readonly interface: string
  readonly name: string
  readonly bucket: {
    readonly start: string
    readonly seconds: number
    readonly full: boolean
  } | null
  readonly meters: readonly MeterJson[]
}

/** Reads an answer of `/api/v1/groups`. */
export function groupsIn(text: string): readonly GroupJson[] {
  return (JSON.parse(text) as { groups: GroupJson[] }).groups
}
