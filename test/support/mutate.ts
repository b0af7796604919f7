// SPDX-License-Identifier: Apache-2.0

/** Texts that break readers of texts: ends of ranges, quotes, other alphabets, signs of other languages. */
const NASTY: readonly string[] = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\0',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ud800',
    '😀',
    'é',
    'İ',
  ],
  ...[
    '"',
    "'",
    '`',
    '\\',
    '/',
    '//',
    '#',
    '%',
    '%00',
    '%zz',
    '&',
    '*',
    '!',
    '|',
    '>',
    '<',
    '-',
    '--',
    '?',
  ],
  ...[
    ':',
    ';',
    ',',
    '.',
    '..',
    '=',
    '==',
    '~',
    '@',
    '$',
    '$' + '{x}',
    '^',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    '0',
    '-0',
    '-1',
    '1e999',
    '1e-999',
    '0x10',
    '0o7',
    '1_000',
    '9007199254740993',
    '.5',
    '5.',
    'NaN',
  ],
  ...['4294967296', '18446744073709551616', 'Infinity', 'null', 'true', 'undefined', '__proto__'],
  ...[
    'constructor',
    'toString',
    '&a',
    '*a',
    '<<: *a',
    '!!js/function x',
    '--- ',
    '...\n',
    '? a\n: b\n',
  ],
]

/** A generator of texts like the given ones, but broken: the same for the same numbers. */
export function mutator(seeds: readonly string[], random: () => number): () => string {
  const below = (limit: number): number => Math.floor(random() * limit)
  const one = (list: readonly string[]): string => list[below(list.length)] ?? ''
  const words = [...new Set(seeds.flatMap((seed) => seed.match(/[\w.]+|\s+|[^\w\s]/g) ?? []))]
  const part = (text: string): string => {
    const from = below(text.length + 1)
    return text.slice(from, from + below(random() < 0.2 ? 200 : 12))
  }
  const piece = (): string => {
    const kind = random()
    if (kind < 0.4) return one(words)
    if (kind < 0.7) return one(NASTY)
    if (kind < 0.85) return part(one(seeds))
    if (kind < 0.95) return String.fromCharCode(below(random() < 0.8 ? 128 : 65_536))
    return one([one(words), one(NASTY)]).repeat(below(random() < 0.1 ? 3000 : 30))
  }
  const changed = (text: string): string => {
    const at = below(text.length + 1)
    const behind = at + (random() < 0.5 ? 0 : below(8))
    return text.slice(0, at) + (random() < 0.75 ? piece() : '') + text.slice(behind)
  }
  return () => {
    let text = random() < 0.1 ? piece() : one(seeds)
    for (let times = below(random() < 0.2 ? 20 : 5); times >= 0; times -= 1) text = changed(text)
    return text
  }
}
