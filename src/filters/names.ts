// SPDX-License-Identifier: Apache-2.0
import { KEYWORDS, type Meaning } from './keywords.ts'
import type { FilterMistake } from './program.ts'
import { type Token, tokens } from './tokens.ts'

/** Numbers, addresses of all kinds and networks: nothing that is looked up. */
const LITERALS: readonly RegExp[] = [
  /^(?:\d+|0x[\da-f]+)$/i,
  /^\d+(?:\.\d+){1,3}$/,
  /^(?:[\da-f]{1,2}([:.-]))(?:[\da-f]{1,2}\1){4}[\da-f]{1,2}$/i,
  /^[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}$/i,
  /^[\da-f]{12}$/i,
  /^(?=.*:.*:)[\da-f:.]+$/i,
]

/**
 * Finds what libpcap would look up on the network: a name where a host or a network belongs. Names of ports and
 * protocols come from files of the machine and may stay.
 */
export function findHostName(text: string): FilterMistake | undefined {
  let meaning: Meaning = 'host'
  for (const token of tokens(text)) {
    const keyword = KEYWORDS.has(token.text)
    if (keyword) meaning = KEYWORDS.get(token.text) ?? meaning
    else if (meaning === 'host' && isName(token)) return mistake(token)
  }
  return undefined
}

function isName({ kind, text }: Token): boolean {
  return kind === 'word' && !LITERALS.some((literal) => literal.test(text))
}

function mistake({ text, offset }: Token): FilterMistake {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return {
    kind: 'name',
    message: `"${shown}" is no word of pcap-filter, and host names are not looked up: give the address`,
    offset,
    length: text.length,
  }
}
