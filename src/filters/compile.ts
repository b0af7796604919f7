// SPDX-License-Identifier: Apache-2.0
import { answers } from './child.ts'
import { INSTRUCTIONS_IN_TOTAL, NESTING, TEXT_BYTES, TOTAL_MILLISECONDS } from './limits.ts'
import { dataLink } from './link-types.ts'
import { findHostName } from './names.ts'
import { type ClassicProgram, type FilterMistake, isMistake } from './program.ts'

const INSTRUCTION_BYTES = 8

type Result = ClassicProgram | FilterMistake

/**
 * Compiles filters in the language of pcap-filter(7) for a link type (LINKTYPE_…), in a process of their own. Gives for
 * each its program or its mistake, in their order; throws LIBPCAP_MISSING.
 */
export async function compileFilters(
  texts: readonly string[],
  linkType: number,
): Promise<readonly Result[]> {
  const results: (Result | undefined)[] = texts.map(findMistake)
  const deadline = performance.now() + TOTAL_MILLISECONDS
  for (;;) {
    const left = texts.flatMap((text, index) => (results[index] ? [] : [{ text, index }]))
    if (left.length === 0) break
    const pending = left.values()
    const wanted = left.map(({ text }) => text)
    for await (const answer of answers(wanted, dataLink(linkType), deadline)) {
      const { value: item } = pending.next()
      if (!item) break
      results[item.index] =
        answer instanceof Uint8Array ? { text: item.text, instructions: answer } : answer
    }
  }
  return withinTotal(results.filter((result) => result !== undefined))
}

/** What can be told without libpcap. */
function findMistake(text: string): FilterMistake | undefined {
  const bytes = Buffer.byteLength(text)
  if (bytes > TEXT_BYTES) {
    return { kind: 'limit', message: `it has ${bytes} bytes, ${TEXT_BYTES} at most are compiled` }
  }
  const nul = text.indexOf('\0')
  if (nul >= 0) return { kind: 'syntax', message: 'illegal character', offset: nul, length: 1 }
  return tooDeep(text) ?? findHostName(text)
}

function tooDeep(text: string): FilterMistake | undefined {
  let depth = 0
  for (const [offset, character] of [...text].entries()) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth <= NESTING) continue
    const message = `its parentheses nest deeper than the ${NESTING} levels that are compiled`
    return { kind: 'limit', message, offset, length: 1 }
  }
  return undefined
}

/** Those that fit; the first that passes the bound, and what follows it and does not fit, is a mistake. */
function withinTotal(results: readonly Result[]): readonly Result[] {
  let total = 0
  return results.map((result) => {
    if (isMistake(result)) return result
    const count = result.instructions.length / INSTRUCTION_BYTES
    if (total + count > INSTRUCTIONS_IN_TOTAL) {
      const message = `with it all filters take ${total + count} instructions, ${INSTRUCTIONS_IN_TOTAL} at most are run for a packet`
      return { kind: 'limit', message }
    }
    total += count
    return result
  })
}
