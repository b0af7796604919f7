// SPDX-License-Identifier: Apache-2.0

/** Makes a test of names from a pattern in which `*` stands for any text and `?` for one character. */
export function glob(pattern: string): (name: string) => boolean {
  return (name) => matches(pattern, name)
}

/** Backs up to the last star only, so that no pattern takes longer than both lengths multiplied. */
function matches(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at++
      resume = i
    } else if (pattern[at] === '?' || pattern[at] === name[i]) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resume
    } else {
      return false
    }
  }
  return /^\**$/.test(pattern.slice(at))
}
