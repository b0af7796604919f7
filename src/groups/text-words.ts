// SPDX-License-Identifier: Apache-2.0

/** Writes a text as a key's words: its length in bytes of UTF-8, then eight bytes a word. */
export function textWords(text: string): readonly bigint[] {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8)
  padded.set(bytes)
  const view = new DataView(padded.buffer)
  const words = Array.from({ length: padded.length / 8 }, (_, word) => view.getBigUint64(8 * word))
  return [BigInt(bytes.length), ...words]
}

/** Reads back the text of `textWords`. */
export function wordsText([length = 0n, ...words]: readonly bigint[]): string {
  const bytes = new Uint8Array(words.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, word] of words.entries()) view.setBigUint64(8 * index, word)
  return new TextDecoder().decode(bytes.subarray(0, Number(length)))
}
