// SPDX-License-Identifier: Apache-2.0

/** A piece of a filter's text. */
export interface Token {
  /** `word`: a keyword, name, number or address; `sign`: anything else. */
  readonly kind: 'word' | 'sign'
  readonly text: string
  readonly offset: number
}

/* An address of hardware or IPv6 has colons; a colon elsewhere parts offset and size within brackets. */
const ADDRESS = /(?:[\da-f]{1,2}:){5}[\da-f]{1,2}|(?=[\da-f.]*:[\da-f]*:)[\da-f:]+(?:\.\d+){0,3}/iy
const WORD = /\\?[a-z\d](?:[-_.a-z\d]*[.a-z\d])?/iy
const SIGN = /&&|\|\||[<>]=|!=|==|<<|>>|\S/y
const SPACE = /\s*/y

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0] ?? ''
}

/** The pieces of a filter's text in their order; the longest one wins, as in libpcap's scanner. */
export function* tokens(text: string): Generator<Token> {
  let offset = matchAt(SPACE, text, 0).length
  while (offset < text.length) {
    const word = matchAt(WORD, text, offset)
    const address = matchAt(ADDRESS, text, offset)
    const longest = address.length > word.length ? address : word
    const piece = longest || matchAt(SIGN, text, offset)
    yield { kind: longest ? 'word' : 'sign', text: piece, offset }
    offset += piece.length
    offset += matchAt(SPACE, text, offset).length
  }
}
