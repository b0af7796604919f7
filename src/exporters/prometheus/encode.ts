// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import { type Block, type Family, type Series, sampleName } from './family.ts'
import { decimal, exemplarText, head, labelText, openLabelText, type Syntax } from './syntax.ts'

/** A block whose names and labels are text already, so that a scrape only adds values. */
export interface Compiled<S> {
  readonly family: Family
  readonly lines: readonly Line<S>[]
}

interface Line<S> {
  /** Name, labels and a blank, in the text format and in OpenMetrics. */
  readonly prefix: string
  readonly openPrefix: string
  /** The same of the sample that tells when the series began; only on a metric's last line. */
  readonly createdPrefix: string | undefined
  readonly value: Series<S>['value']
  readonly created: Series<S>['created'] | undefined
  readonly exemplar: Series<S>['exemplar'] | undefined
}

/** What is written of one subject. */
export interface Part<S> {
  readonly blocks: readonly Compiled<S>[]
  readonly subject: S
}

/** Milliseconds after which other events get their turn. */
const SLICE = 4

/** Lines between two looks at the clock. */
const STRETCH = 256

/** Writes names and labels once for all scrapes. */
export function compile<S>({ family, series }: Block<S>): Compiled<S> {
  const name = sampleName(family)
  const { type } = family
  const lines = series.map(({ suffix = '', labels, value, created, exemplar }): Line<S> => {
    const text = labelText(labels)
    const openText = openLabelText(labels)
    const last = type === 'counter' || (suffix === '_count' && type !== 'unknown')
    const prefix = flat(`${name}${suffix}${text} `)
    /* all members every time: lines of one shape are read ten times as fast */
    return {
      prefix,
      openPrefix: openText === text ? prefix : flat(`${name}${suffix}${openText} `),
      createdPrefix: last ? flat(`${family.name}_created${text} `) : undefined,
      value,
      created,
      exemplar,
    }
  })
  return { family, lines }
}

/**
 * Writes the families of several subjects, each family once and unbroken; the event loop goes on
 * meanwhile, so subjects must not change.
 */
export async function encode<S>(parts: Iterable<Part<S>>, syntax: Syntax): Promise<string> {
  const families = new Map<string, string[]>()
  const breathe = breathing()
  for (const part of parts) {
    if (breathe.due(add(part, families, syntax))) await breathe.turn()
  }
  const whole: string[] = []
  for (const texts of families.values()) {
    whole.push(texts.join(''))
    if (breathe.due(texts.length)) await breathe.turn()
  }
  return whole.join('')
}

/** Lines that compiling a part takes as long as writing so many of them, roughly. */
const COMPILED = 16

/** Makes the parts of many subjects, of which some have to be compiled; the event loop goes on meanwhile. */
export async function gather<T, P>(
  subjects: Iterable<T>,
  partsOf: (subject: T) => readonly P[],
): Promise<P[]> {
  const parts: P[] = []
  const breathe = breathing()
  for (const subject of subjects) {
    parts.push(...partsOf(subject))
    if (breathe.due(COMPILED)) await breathe.turn()
  }
  return parts
}

/** Adds what is written of a subject to each family's texts; gives the number of its lines. */
function add<S>(
  { blocks, subject }: Part<S>,
  families: Map<string, string[]>,
  syntax: Syntax,
): number {
  let count = 0
  for (const { family, lines } of blocks) {
    if (lines.length === 0) continue
    count += lines.length
    let texts = families.get(family.name)
    if (!texts) {
      texts = [head(family, syntax)]
      families.set(family.name, texts)
    }
    if (syntax.openMetrics) for (const line of lines) texts.push(openText(line, subject, syntax))
    else {
      for (const { prefix, value } of lines) texts.push(`${prefix}${decimal(value(subject))}\n`)
    }
  }
  return count
}

/** Says when it is time to let other events have their turn. */
function breathing() {
  let begin = performance.now()
  let count = 0
  return {
    due(lines: number): boolean {
      count += lines
      if (count < STRETCH) return false
      count = 0
      return performance.now() - begin >= SLICE
    },
    async turn(): Promise<void> {
      await turn()
      begin = performance.now()
    },
  }
}

/* a string that was put together of pieces is copied faster once it is one */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

function openText<S>(line: Line<S>, subject: S, syntax: Syntax): string {
  const { openPrefix, createdPrefix, value, created, exemplar } = line
  const event = exemplar?.(subject)
  const text = `${openPrefix}${decimal(value(subject))}${event ? exemplarText(event) : ''}\n`
  if (createdPrefix === undefined || syntax.created === undefined) return text
  return `${text}${createdPrefix}${decimal(created?.(subject) ?? syntax.created)}\n`
}
