// SPDX-License-Identifier: Apache-2.0

/** Lines of the log a second, and of those that differ in numbers alone. */
const MOST = 100
const MOST_ALIKE = 10

const WARNING = 40
const FATAL = 60

/** What tells the time, in milliseconds. */
export interface LimitClock {
  now(): number
  later(work: () => void, milliseconds: number): void
}

interface Line {
  readonly level: number
  readonly msg?: string
}

/**
 * Lets at most so many lines of pino through in a second: of those alike the first, and the first warning or error of its
 * kind even beyond. What is left out is counted and told in one line.
 */
export function limitLines(
  write: (line: string) => void,
  { now, later }: LimitClock,
): (line: string) => void {
  let began = Number.NEGATIVE_INFINITY
  let written = 0
  let kinds = new Map<string, number>()
  let left = { count: 0, level: 0, last: '' }

  function tell(): void {
    const { count, level, last } = left
    left = { count: 0, level: 0, last: '' }
    const msg = `${count} lines of the log were left out within a second, the last: ${last}`
    write(`${JSON.stringify({ level, time: new Date().toISOString(), msg })}\n`)
  }
  function isLeftOut(level: number, kind: string): boolean {
    const alike = kinds.get(kind) ?? 0
    if (level >= FATAL) return false
    if (level >= WARNING && alike === 0) return kinds.size >= 2 * MOST
    return alike >= MOST_ALIKE || written >= MOST
  }

  return (text) => {
    const { level, msg = '' } = JSON.parse(text) as Line
    if (now() - began >= 1000) {
      began = now()
      written = 0
      kinds = new Map()
    }
    const kind = `${level} ${msg.replace(/\d+/g, '0')}`
    if (isLeftOut(level, kind)) {
      if (left.count === 0) later(tell, began + 1000 - now())
      left = { count: left.count + 1, level: Math.max(level, left.level), last: msg }
      return
    }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    written++
    write(text)
  }
}
