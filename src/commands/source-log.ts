// SPDX-License-Identifier: Apache-2.0

/** Who is told of sources. */
export interface SourceLog {
  info(fields: object, line: string): void
  warn(fields: object, line: string): void
}

/** Lines a second that interfaces which come and go may write. */
const MOST = 10

/** Passes on at most ten lines a second, and says with the next one how many were left out. */
export function rationed(log: SourceLog, now: () => number): SourceLog {
  let second = Number.NEGATIVE_INFINITY
  let written = 0
  let omitted = 0
  const ration =
    (level: keyof SourceLog) =>
    (fields: object, line: string): void => {
      if (now() - second >= 1000) {
        second = now()
        written = 0
      }
      if (written >= MOST) {
        omitted++
        return
      }
      written++
      log[level](fields, omitted > 0 ? `${line} (${omitted} lines were left out before)` : line)
      omitted = 0
    }
  return { info: ration('info'), warn: ration('warn') }
}
