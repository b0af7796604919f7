// SPDX-License-Identifier: Apache-2.0
import { Catalog, type Counter, type Kind } from '../../src/counters/catalog.ts'

/** A catalog of counters of these names; SIZES is a histogram. */
export function catalogOf(...names: readonly string[]): Catalog {
  return new Catalog(
    names.map((name, index): Counter => {
      const kind: Kind = name === 'SIZES' ? 'histogram' : 'sum'
      const rest = { layers: [], unit: 'packets', help: '', metric: '', bounds: [] }
      return { name, layer: 'PKT', kind, index, ...rest }
    }),
  )
}
