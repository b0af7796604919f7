// SPDX-License-Identifier: Apache-2.0

/** What a scrape is answered with. */
export interface Negotiated {
  /** Value of the header Content-Type. */
  readonly type: string
  readonly openMetrics: boolean
}

/** A media range of the header Accept. */
interface Range {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const FALLBACK: Negotiated = {
  type: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: false,
}

/** How names outside [a-zA-Z0-9_:] may be told; ours are none, so that each is as good. */
const ESCAPINGS = ['allow-utf-8', 'underscores', 'dots', 'values']

/**
 * Chooses the format that the header Accept (RFC 9110 section 12.5.1) asks for most: the text format 0.0.4 or 1.0.0, or
 * OpenMetrics 1.0.0 or 0.0.1; the text format 0.0.4 where it asks for none of them.
 * https://prometheus.io/docs/instrumenting/content_negotiation/
 */
export function negotiate(accept: string | undefined): Negotiated {
  let best = { quality: 0, answer: FALLBACK }
  for (const text of (accept ?? '').split(',')) {
    const range = rangeOf(text)
    const quality = qualityOf(range)
    const answer = answerTo(range)
    if (answer && quality > best.quality) best = { quality, answer }
  }
  return best.answer
}

function rangeOf(text: string): Range {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  const parameters = rest.map((part): [string, string] => {
    const [name = '', value = ''] = part.split('=', 2).map((each) => each.trim())
    return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1').toLowerCase()]
  })
  return { type: type.toLowerCase(), parameters: new Map(parameters) }
}

/* a weight that is none of RFC 9110 is as good as none */
function qualityOf({ parameters }: Range): number {
  const written = parameters.get('q') ?? '1'
  return /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(written) ? Number(written) : 1
}

function answerTo({ type, parameters }: Range): Negotiated | undefined {
  const version = parameters.get('version')
  const asked = ESCAPINGS.find((each) => each === parameters.get('escaping'))
  switch (type) {
    case '*/*':
    case 'text/*':
      return FALLBACK
    case 'text/plain':
      if (version === '1.0.0') return textAnswer(asked ?? 'underscores')
      return version === undefined || version === '0.0.4' ? FALLBACK : undefined
    case 'application/openmetrics-text':
      if (version === undefined || version === '1.0.0') return openAnswer('1.0.0', asked)
      return version === '0.0.1' ? openAnswer('0.0.1', asked) : undefined
    default:
      return undefined
  }
}

function textAnswer(escaping: string): Negotiated {
  const type = `text/plain; version=1.0.0; charset=utf-8; escaping=${escaping}`
  return { type, openMetrics: false }
}

function openAnswer(version: string, escaping: string | undefined): Negotiated {
  const told = escaping === undefined ? '' : `; escaping=${escaping}`
  const type = `application/openmetrics-text; version=${version}; charset=utf-8${told}`
  return { type, openMetrics: true }
}
