// SPDX-License-Identifier: Apache-2.0
import type { Known, Objection } from './known.ts'
import { type Fault, fault, type Place, shown, type Written } from './layer.ts'
import { nearest } from './suggest.ts'
import type { Twig } from './twig.ts'

type InForce = ReadonlyMap<string, Written>

/** Names of the statistics that the settings define themselves, as written. */
export function ownNames(inForce: InForce): string[] {
  const items = inForce.get('user_statistics')?.twig?.items() ?? []
  return items.map((item) => child(item, 'name')?.value).filter((name) => typeof name === 'string')
}

/** Finds what is wrong in the definitions of statistics beyond their format. */
export function definitionFaults(written: Written, known: Known): Fault[] {
  if (written.key.path === 'plugins') return pluginFaults(written, known)
  if (written.key.path !== 'user_statistics') return []
  const items = written.twig?.items() ?? []
  return items.flatMap((item, index) => {
    const path = `${written.key.path}[${index}]`
    const earlier = items.slice(0, index).map((each) => child(each, 'name')?.value)
    return [
      ...nameFaults(item, path, new Set([...known.statistics, ...earlier])),
      ...expressionFaults(item, path, known),
    ]
  })
}

/** Finds statistics with knobs of their own that do not exist. */
export function strangerFaults({ key, twig }: Written, names: readonly string[]): Fault[] {
  if (key.path !== 'spot.per_statistic') return []
  const strangers = twig?.entries()?.filter(({ name }) => !names.includes(name)) ?? []
  return strangers.map(({ name, place }) =>
    fault(place, key.path, shown(name), {
      expected: 'the name of a statistic',
      near: nearest(name, names),
      remedy: 'see pktspot list statistics',
    }),
  )
}

/** Words objections at the places of the knobs in force; one cause is told once. */
export function objectionFaults(objections: readonly Objection[], inForce: InForce): Fault[] {
  const faults = objections.map(({ statistic, knobs, message }) => {
    const [at = DEFAULTS] = knobs.flatMap((knob) => knobInForce(statistic, knob, inForce) ?? [])
    return { place: at.place, text: `${at.path}: ${message}` }
  })
  const told = new Map(faults.map((each) => [`${each.place.name} ${each.text}`, each]))
  return [...told.values()]
}

const DEFAULTS = { place: { name: 'defaults', origin: 'default', order: 0 }, path: 'spot' }

function pluginFaults({ key, value, items, place }: Written, { plugins }: Known): Fault[] {
  const paths = key.format.read(value)
  if (!Array.isArray(paths)) return []
  return paths.flatMap((path, index) => {
    const text = plugins.get(path)
    return text === undefined ? [] : [{ place: items?.[index] ?? place, text: `plugins: ${text}` }]
  })
}

function nameFaults(item: Twig, path: string, taken: ReadonlySet<unknown>): Fault[] {
  const name = child(item, 'name')
  if (!name || !taken.has(name.value)) return []
  return [
    fault(name.place, `${path}.name`, shown(name.value), {
      expected: 'a name that no other statistic has',
      remedy: 'choose another name',
    }),
  ]
}

function expressionFaults(item: Twig, path: string, known: Known): Fault[] {
  return ['expr', 'when'].flatMap((key) => {
    const twig = child(item, key)
    const mistake = typeof twig?.value === 'string' && known.expression(twig.value)
    if (!twig || !mistake) return []
    const excerpt = mistake.excerpt.replaceAll(/^/gm, '    ')
    const text = `${path}.${key}: ${mistake.message}\n${excerpt}`
    return [{ place: twig.at(mistake.offset), text }]
  })
}

function knobInForce(
  statistic: string,
  knob: string,
  inForce: InForce,
): { place: Place; path: string } | undefined {
  const special = inForce.get('spot.per_statistic')?.twig
  const own = special && child(child(special, statistic), knob)
  if (own) return { place: own.place, path: `spot.per_statistic.${statistic}.${knob}` }
  const items = inForce.get('user_statistics')?.twig?.items() ?? []
  const index = items.findIndex((item) => child(item, 'name')?.value === statistic)
  const defined = child(child(items[index], 'spot'), knob)
  if (defined) return { place: defined.place, path: `user_statistics[${index}].spot.${knob}` }
  const general = inForce.get(`spot.${knob}`)
  return general && { place: general.place, path: general.key.path }
}

function child(twig: Twig | undefined, name: string): Twig | undefined {
  return twig?.entries()?.find((entry) => entry.name === name)?.twig
}
