// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../../counters/catalog.ts'
import { nearest } from '../../settings/suggest.ts'
import { counterMistake } from '../select.ts'
import { FUNCTIONS } from './functions.ts'

/** The names that an expression may use. */
export interface Words {
  /** What is wrong with a name that stands for a value; undefined when it may. */
  objection(name: string): string | undefined
  /** Says that no function has a name. */
  noFunction(name: string): string
}

const CALLED = ['prev', ...FUNCTIONS.keys()]

/** Takes the counters of a catalog for names. */
export function wordsOf(catalog: Catalog): Words {
  const values = (): string[] => ['seconds', ...catalog.names()]
  return {
    objection(name) {
      if (CALLED.includes(name)) return `${name} is a function; write ${name}(…)`
      return counterMistake(name, catalog)
    },
    noFunction(name) {
      if (values().includes(name)) return `${name} is a value and takes no parentheses`
      return `no function is named ${name}${meant(name, CALLED)}; there are ${CALLED.join(', ')}`
    },
  }
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}
