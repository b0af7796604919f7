// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { metricName } from '../counters/metric-name.ts'
import { shown } from '../settings/layer.ts'
import { nearest } from '../settings/suggest.ts'
import { PLUGIN_LAYERS } from './layers.ts'

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/
const UNIT = /^[a-z][a-z0-9_]{0,31}$/
const HELP = /^[^\p{Cc}]{1,200}$/u

/** Finds what keeps a value that a plugin exports from being a counter; undefined when nothing does. */
export function counterMistake(value: object, catalog: Catalog): string | undefined {
  const get = (key: string): unknown => Reflect.get(value, key)
  const [name, layer, help, unit] = [get('name'), get('layer'), get('help'), get('unit')]
  if (typeof name !== 'string' || !NAME.test(name)) {
    return `name: got ${shown(name)}; expected a capital letter and up to 63 capital letters, digits and _`
  }
  const of = (text: string): string => `counter ${name}: ${text}`
  if (typeof layer !== 'string' || !PLUGIN_LAYERS.includes(layer)) {
    const near = typeof layer === 'string' ? nearest(layer, PLUGIN_LAYERS) : undefined
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return of(`layer: got ${shown(layer)}; expected one of ${PLUGIN_LAYERS.join(', ')}${hint}`)
  }
  if (typeof help !== 'string' || !HELP.test(help)) {
    return of(`help: got ${shown(help)}; expected one line of 1 to 200 characters`)
  }
  if (unit !== undefined && (typeof unit !== 'string' || !UNIT.test(unit))) {
    return of(`unit: got ${shown(unit)}; expected a word such as packets or bytes`)
  }
  for (const method of ['value', 'reset', 'process']) {
    const mistake = functionMistake(get(method))
    if (mistake !== undefined) return of(`${method}: ${mistake}`)
  }
  return clash(name, metricName(name, unit ?? 'packets'), catalog)
}

/** Finds what is wrong with a function that is called for each packet. */
export function functionMistake(value: unknown): string | undefined {
  if (typeof value !== 'function') return `got ${shown(value)}; expected a function`
  return value.constructor.name === 'AsyncFunction'
    ? 'got an async function; expected one that is done when it returns'
    : undefined
}

function clash(name: string, metric: string, catalog: Catalog): string | undefined {
  if (catalog.find(name)) {
    return `counter ${name}: a counter of that name is already there; choose another name`
  }
  const same = [...catalog].find((each) => each.metric === metric)
  if (!same) return undefined
  return `counter ${name}: ${same.name} already gives the metric pktspot_receive_${metric}; choose another name`
}
