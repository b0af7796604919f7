// SPDX-License-Identifier: Apache-2.0
import convict from 'convict'
import { PktspotError } from '../errors.ts'
import { contradictions, idlePatterns, valueFaults } from './checks.ts'
import { type Environment, environmentLayer } from './environment-layer.ts'
import type { SettingsFile } from './file.ts'
import { type Flags, flagLayer } from './flag-layer.ts'
import type { Fault, Layer, Written } from './layer.ts'
import { isSetting, type Tree } from './setting.ts'
import { type Settings, schema } from './settings.ts'
import { yamlLayer } from './yaml-layer.ts'

/** What settings are made of; the environment wins over the file, flags win over both. */
export interface Input {
  readonly file?: SettingsFile | undefined
  readonly env: Environment
  readonly flags: Flags
  /** Names of the statistics there are; without them, patterns that match none are let pass. */
  readonly statistics?: readonly string[] | undefined
}

/** Settings, and where each value that is not a default comes from. */
export interface Resolved {
  readonly settings: Settings
  /** `file:line`, variable or flag, by path of the setting. */
  readonly origins: ReadonlyMap<string, string>
}

/** Loads the settings; throws one SETTINGS error that lists every mistake, one a line. */
export function loadSettings(input: Input): Settings {
  return resolveSettings(input).settings
}

/** Loads the settings and tells where their values come from; throws like loadSettings. */
export function resolveSettings({ file, env, flags, statistics }: Input): Resolved {
  const layers = [...(file ? [yamlLayer(file)] : []), environmentLayer(env), flagLayer(flags)]
  const written = layers.flatMap((layer) => layer.written)
  const inForce = new Map(written.map((each) => [each.key.path, each]))
  const faults = layers.flatMap((layer) => inOrder(faultsOf(layer, inForce, statistics)))
  if (faults.length > 0) {
    const report = faults.map(({ place, text }) => `${place.name}: ${text}`)
    throw new PktspotError('SETTINGS', report.join('\n'))
  }
  const origins = new Map([...inForce].map(([path, { place }]) => [path, place.origin]))
  return { settings: merge(layers), origins }
}

function faultsOf(
  layer: Layer,
  inForce: ReadonlyMap<string, Written>,
  statistics: readonly string[] | undefined,
): Fault[] {
  const bad = layer.written.flatMap((each) => {
    const faults = valueFaults(each)
    return faults.length > 0 || !statistics ? faults : idlePatterns(each, statistics)
  })
  const q = inForce.get('spot.q')
  const clashes = q && layer.written.includes(q) ? contradictions(inForce) : []
  return [...layer.faults, ...bad, ...clashes]
}

function inOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => a.place.order - b.place.order)
}

/** Merges the layers over the defaults; convict would take its own look at the process, so it is given none. */
function merge(layers: readonly Layer[]): Settings {
  const config = convict<Settings>(convictSchema(schema) as convict.Schema<Settings>, {
    env: {},
    args: [],
  })
  for (const { key, value } of layers.flatMap((layer) => layer.written)) {
    config.set(key.path, key.format.read(value))
  }
  return frozen(config.validate({ allowed: 'strict' }).getProperties())
}

function convictSchema(section: Tree): object {
  const entries = Object.entries(section).map(([name, entry]) => {
    if (!isSetting(entry)) return [name, convictSchema(entry)]
    const format = (value: unknown): void => {
      if (entry.format.read(value) === undefined) throw new TypeError(entry.format.expected)
    }
    return [name, { doc: entry.doc, default: entry.default, format }]
  })
  return Object.fromEntries(entries)
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
