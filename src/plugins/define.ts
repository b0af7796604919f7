// SPDX-License-Identifier: Apache-2.0
import type { ControlSetting, LimitsSetting } from '../settings/counter-groups.ts'
import type { MeterSetting } from '../settings/counter-groups-meters.ts'
import type { LayerViews, PluginLayer } from './views.ts'

/** A counter as plugins write it. Every interface has its own: the module is imported anew for each. */
export interface PluginCounter<L extends PluginLayer = PluginLayer> {
  /** A capital letter and up to 63 capital letters, digits and _. */
  readonly name: string
  /** Layer that a packet must have for `process` to be called. */
  readonly layer: L
  /** What it counts, without a full stop. */
  readonly help: string
  /** Unit of one step, at the end of the metric's name: `packets` unless given, `bytes`… */
  readonly unit?: string
  /** What was counted since the last reset: a whole number from 0 on, a bigint above 2^53. */
  value(): number | bigint
  /** Begins anew: called at the end of each base window. */
  reset(): void
  /** Takes a packet in, at once. The view is used again for the next packet. */
  process(view: LayerViews[L]): void
}

/** Gives a meter of a key a value: what to add, a sample or a level, by the meter's vartype. */
export type Update = (key: string, meter: number, value: number | bigint) => void

/** A counter group whose keys and values are the author's. Every interface has its own, as with counters. */
export interface PluginGroup<L extends PluginLayer = PluginLayer> {
  /** As in `counter_groups`; `layer` is that of the view, `PKT` unless given. */
  readonly control: Omit<ControlSetting, 'layer'> & { readonly layer?: L }
  /** As in `counter_groups`, as mappings or rows. */
  readonly meters: readonly (
    | Omit<MeterSetting, 'value' | 'unique'>
    | readonly (string | number)[]
  )[]
  /** Labels of keys. */
  readonly keyinfo?: Readonly<Record<string, string>> | readonly (readonly [string, string])[]
  readonly limits?: LimitsSetting
  /** Takes a packet in, at once. The view is used again for the next packet. */
  process(view: LayerViews[L], update: Update): void
}

/** Declares a plugin's counter; its layer types the view. */
export function defineCounter<L extends PluginLayer>(
  definition: PluginCounter<L>,
): PluginCounter<L> {
  return definition
}

/** Declares a plugin's counter group; its layer types the view. */
export function defineGroup<L extends PluginLayer = 'PKT'>(
  definition: PluginGroup<L>,
): PluginGroup<L> {
  return definition
}
