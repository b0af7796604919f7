// SPDX-License-Identifier: Apache-2.0
import { VARTYPES } from './vartype.ts'

/** Names of all vartypes. */
export const VARTYPE_NAMES: readonly string[] = VARTYPES.map(({ name }) => name)

/** Says what to use for a vartype that Trisul has and this program has not; undefined of any other word. */
export function vartypeAdvice(written: string): string | undefined {
  const word = written.toUpperCase()
  if (/SLIDING|(?:^|_)SW(?:_|$)/.test(word)) {
    const plain = VARTYPE_NAMES.find((name) => word.startsWith(name)) ?? 'RATE_COUNTER'
    return `use ${plain}: Prometheus' rate() slides over any window`
  }
  if (/^AUTO(?:_|$)/.test(word)) {
    return 'say which: COUNTER or RATE_COUNTER for what adds up, GAUGE for a level'
  }
  return undefined
}
