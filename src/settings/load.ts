// SPDX-License-Identifier: Apache-2.0
import convict from 'convict'
import { PktspotError } from '../errors.ts'
import { brokenWindows, contradictions, idlePatterns, valueFaults } from './checks.ts'
import { counterFaults, filterFaults, filtersIn } from './counter-faults.ts'
import { groupFaults } from './counter-groups-faults.ts'
import type { UserCounter } from './counters.ts'
import { type Environment, environmentLayer } from './environment-layer.ts'
import type { SettingsFile } from './file.ts'
import { type Flags, flagLayer } from './flag-layer.ts'
import type { Known } from './known.ts'
import type { Fault, Layer, Written } from './layer.ts'
import { isSetting, type Tree } from './setting.ts'
import { type Settings, schema } from './settings.ts'
import { definitionFaults, objectionFaults, ownNames, strangerFaults } from './statistic-checks.ts'
import { yamlLayer } from './yaml-layer.ts'

/** What settings are made of; the environment wins over the file, flags win over both. */
export interface Input {
  readonly file?: SettingsFile | undefined
  readonly env: Environment
  readonly flags: Flags
  /** What to check names, expressions and thresholds against; without it they are let pass. */
  readonly known?: Known | undefined
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
export function resolveSettings(input: Input): Resolved {
  const { layers, inForce } = gather(input)
  refuse(layers.flatMap((layer) => inOrder(faultsOf(layer, inForce, input.known))))
  const settings = merge(layers)
  const thresholds = input.known?.thresholds(settings) ?? []
  refuse(
    inOrder([...brokenWindows(inForce, settings.period), ...objectionFaults(thresholds, inForce)]),
  )
  const origins = new Map([...inForce].map(([path, { place }]) => [path, place.origin]))
  return { settings, origins }
}

/** Tells which plugins the input asks for, whatever else may be wrong with it. */
export function pluginPaths(input: Input): readonly string[] {
  const plugins = gather(input).layers.flatMap(({ written }) =>
    written.filter(({ key }) => key.path === 'plugins'),
  )
  return [...new Set(plugins.flatMap(({ key, value }) => key.format.read(value) ?? []))].map(String)
}

/** Tells which counters by filters the input defines, as far as each can be read. */
export function writtenCounters(input: Input): readonly UserCounter[] {
  const { key, twig } = gather(input).inForce.get('counters') ?? {}
  const items = twig?.items() ?? []
  return items.flatMap(({ value }) => (key?.format.read([value]) ?? []) as readonly UserCounter[])
}

/** Tells which filters the input has, of counters and of groups, in their order. */
export function writtenFilters(input: Input): readonly string[] {
  return gather(input).layers.flatMap(({ written }) =>
    written.flatMap(({ key, twig }) =>
      filtersIn(key.path, twig).flatMap(({ twig: { value } }) =>
        typeof value === 'string' && /\S/.test(value) ? [value] : [],
      ),
    ),
  )
}

function gather({ file, env, flags }: Input) {
  const layers = [...(file ? [yamlLayer(file)] : []), environmentLayer(env), flagLayer(flags)]
  const written = layers.flatMap((layer) => layer.written)
  return { layers, inForce: new Map(written.map((each) => [each.key.path, each])) }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return
  const report = faults.map(({ place, text }) => `${place.name}: ${text}`)
  throw new PktspotError('SETTINGS', report.join('\n'))
}

function faultsOf(
  layer: Layer,
  inForce: ReadonlyMap<string, Written>,
  known: Known | undefined,
): Fault[] {
  /* a plugin that could not be loaded may have had any name */
  const names = known?.plugins.size === 0 ? [...known.statistics, ...ownNames(inForce)] : undefined
  const bad = layer.written.flatMap((each) => {
    const faults = valueFaults(each)
    if (faults.length > 0 || !known) return faults
    const strangers = names ? [...idlePatterns(each, names), ...strangerFaults(each, names)] : []
    return [
      ...strangers,
      ...definitionFaults(each, known),
      ...groupFaults(each, known),
      ...counterFaults(each, known),
      ...filterFaults(each, known),
    ]
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
