// SPDX-License-Identifier: Apache-2.0
import { countsOf, windowOf } from '../../counters/window.ts'
import type { Latest } from '../../exporters/latest.ts'
import { countersJson, histogramsJson } from '../../exporters/ndjson.ts'
import { lookAt, type Observed } from '../../exporters/observed.ts'
import { oneOf, readParameters } from './parameters.ts'

/** Writes every interface's totals of this moment. */
export function countersText(latest: Latest, query: URLSearchParams): string {
  const names = latest.sources.map(({ name }) => name)
  const wanted = oneOf(readParameters(query, ['interface']), 'interface', names)
  const sources = latest.sources.filter(({ name }) => name === (wanted ?? name))
  return `{"counters":[${sources.map((source) => totals(source, latest)).join()}]}`
}

function totals(source: Observed, latest: Latest): string {
  const { catalog, name } = source
  const head = `{"interface":${JSON.stringify(name)},"time":"${new Date().toJSON()}"`
  const reading = lookAt(source)
  if (!reading) return `${head},"lost":null,"counters":null,"histograms":null}`
  const total = windowOf(catalog, reading, { start: new Date(0), seconds: 0 })
  /* sketches are read only where a window ends */
  const full = latest.full(source)
  const exact = (counter: string) => {
    const found = catalog.find(counter)
    if (found?.kind !== 'distinct') return total.exact(counter)
    return (full && countsOf(found, full.counts)?.distinct[found.index]) ?? Number.NaN
  }
  return [
    head,
    `"lost":${reading.lost}`,
    `"counters":${countersJson({ exact }, catalog)}`,
    `"histograms":${histogramsJson(total, catalog)}}`,
  ].join()
}
