// SPDX-License-Identifier: Apache-2.0
import { type Token, tokens } from './tokens.ts'

/** Whether libpcap takes a text. */
type Accepts = (text: string) => boolean

/** What may follow the beginning of a filter so that it is whole; parentheses are closed behind. */
const ENDINGS = [
  '', ' 1', ' 1.2.3.4', ' ::1', ' ip', ' ether', ' 1 == 1', ' == 1', ' 0 = 1', '] == 1', ' 0] == 1',
  ' 1] == 1', ' 1) == 1', ' host 1.2.3.4', ' 00:00:00:00:00:00', ' 1-2', ' 255.255.255.0', ' tcp', ' \\ip', ' mgt',
] // biome-ignore format: a list

/** Where in a text something is wrong. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * Finds the piece of a text that libpcap stumbles over; it does not say itself. A beginning is sound when some ending
 * makes a filter of it, and every beginning of a sound one is sound, so that halving finds the first that is not.
 */
export function locate(text: string, accepts: Accepts): Place | undefined {
  const pieces = [...tokens(text)]
  const sound = (count: number): boolean => isSound(upTo(text, pieces, count), accepts)
  if (sound(pieces.length)) return { offset: text.length, length: 0 }
  let [good, bad] = [0, pieces.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (sound(middle)) good = middle
    else bad = middle
  }
  const piece = pieces[bad - 1]
  return piece && { offset: piece.offset, length: piece.text.length }
}

function upTo(text: string, pieces: readonly Token[], count: number): string {
  const last = pieces[count - 1]
  return last ? text.slice(0, last.offset + last.text.length) : ''
}

function isSound(beginning: string, accepts: Accepts): boolean {
  const open = beginning.split('(').length - beginning.split(')').length
  if (open < 0) return false
  const closed = ')'.repeat(open)
  return ENDINGS.some(
    (ending) =>
      accepts(`${beginning}${ending}${closed}`) ||
      (open > 0 && accepts(`${beginning}${closed}${ending}`)),
  )
}
