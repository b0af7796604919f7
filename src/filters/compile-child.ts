// SPDX-License-Identifier: Apache-2.0
/* Compiles the filters given on standard input, in a process that is ended when one takes too long. */
import { readFileSync, writeSync } from 'node:fs'
import { loadAddon } from '../native/binding.ts'
import { INSTRUCTIONS, MEMORY_BYTES, TOTAL_MILLISECONDS } from './limits.ts'
import { locate } from './locate.ts'
import type { FilterMistake } from './program.ts'

/** What the child is asked. */
export interface Order {
  readonly texts: readonly string[]
  /** libpcap's number of the link type. */
  readonly dataLink: number
}

/** What it answers, a line of JSON each: once `ready` or `missing`, then for each text. */
export type Answer =
  | { readonly state: 'ready' | 'missing' }
  | { readonly state: 'program'; readonly instructions: string }
  | { readonly state: 'mistake'; readonly mistake: FilterMistake }

const INSTRUCTION_BYTES = 8
const addon = loadAddon()

function say(answer: Answer): void {
  const line = Buffer.from(`${JSON.stringify(answer)}\n`)
  for (let at = 0; at < line.length; ) at += writeSync(1, line, at)
}

function accepts(text: string, dataLink: number): boolean {
  return typeof addon.compileFilter(text, dataLink, false) !== 'string'
}

/** Where libpcap's words name what is wrong, its place is that; of a syntax error it is looked for. */
function syntaxMistake(text: string, words: string, dataLink: number): FilterMistake {
  const message = words.replace(/^can't parse filter expression: /, '')
  const named = /["']([^"']+)["']/.exec(words)?.[1]
  const offset = named === undefined ? -1 : text.indexOf(named)
  if (named !== undefined && offset >= 0) {
    return { kind: 'syntax', message, offset, length: named.length }
  }
  const place = words.includes('syntax error')
    ? locate(text, (beginning) => accepts(beginning, dataLink))
    : undefined
  return { kind: 'syntax', message, ...place }
}

function compile(text: string, dataLink: number): Answer {
  const result = addon.compileFilter(text, dataLink, true)
  if (typeof result === 'string') {
    return { state: 'mistake', mistake: syntaxMistake(text, result, dataLink) }
  }
  const count = result.length / INSTRUCTION_BYTES
  if (count > INSTRUCTIONS) {
    const message = `it takes ${count} instructions, ${INSTRUCTIONS} at most are run for a packet`
    return { state: 'mistake', mistake: { kind: 'limit', message } }
  }
  const refusal = addon.validateFilter(result)
  if (refusal !== undefined) {
    return { state: 'mistake', mistake: { kind: 'unsupported', message: refusal } }
  }
  return { state: 'program', instructions: Buffer.from(result).toString('base64') }
}

/** Whether libpcap is there; anything else that goes wrong is for the parent to see. */
function hasLibpcap(dataLink: number): boolean {
  try {
    addon.compileFilter('', dataLink, false)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function main(): void {
  const { texts, dataLink } = JSON.parse(readFileSync(0, 'utf8')) as Order
  if (!hasLibpcap(dataLink)) {
    say({ state: 'missing' })
    return
  }
  /* an old kernel or a container may refuse: host names were refused before, and the parent watches the time */
  addon.confine(TOTAL_MILLISECONDS / 1000, MEMORY_BYTES)
  say({ state: 'ready' })
  for (const text of texts) say(compile(text, dataLink))
}

main()
