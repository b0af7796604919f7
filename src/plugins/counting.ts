// SPDX-License-Identifier: Apache-2.0
import type { PluginCounter } from './define.ts'
import { type Part, partOf } from './part.ts'

/** A plugin's counter at one source. */
export interface PluginCounting {
  readonly part: Part
  /** What it counted so far, over all resets; a mistaken value changes nothing. */
  total(): bigint
  /** The same, where a base window ends: the counter begins anew. */
  settle(): bigint
}

/** Follows a counter: its value falls to nothing at every reset, the total never falls. */
export function pluginCounting(
  counter: PluginCounter,
  path: string,
  warn: (line: string) => void,
): PluginCounting {
  const { name, layer } = counter
  const process = (view: never): void => counter.process(view)
  const part = partOf({ path, kind: 'counter', name, layer, process }, warn)
  let total = 0n
  let last = 0n
  let isOver = false

  function rise(): void {
    const value = wholeOf(counter.value())
    total += value < last ? value : value - last
    last = value
  }
  function guarded(step: () => void): bigint {
    if (isOver) return total
    isOver = part.disabled
    try {
      /* what it counted before it was switched off stays */
      if (isOver) rise()
      else step()
    } catch (error) {
      part.failed(error)
    }
    return total
  }
  return {
    part,
    total: () => guarded(rise),
    settle: () =>
      guarded(() => {
        rise()
        counter.reset()
        last = wholeOf(counter.value())
      }),
  }
}

function wholeOf(value: unknown): bigint {
  if (typeof value === 'bigint' && value >= 0n) return value
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  throw new TypeError(
    `value must return a whole number from 0 on, above 2^53 a bigint, not ${String(value)}`,
  )
}
