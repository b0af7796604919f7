// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path'
import type { PluginLayer } from './views.ts'

/** Errors after which a counter or group is switched off. */
const ERRORS_LIMIT = 10

/** How a plugin's counter or group fares at one source. */
export interface PartStanding {
  /** File name of the plugin. */
  readonly plugin: string
  readonly name: string
  readonly errors: number
  /** Whether it was switched off for its errors. */
  readonly disabled: boolean
}

/** A counter or group of one source, whose errors hurt nobody else. */
export interface Part extends PartStanding {
  readonly layer: PluginLayer
  /** What takes a packet in. */
  readonly process: (view: never) => void
  /** Notes an error; tells once when it was one too many. */
  failed(error: unknown): void
}

/** Guards a counter or group. */
export function partOf(
  parts: Pick<Part, 'name' | 'layer' | 'process'> & {
    readonly path: string
    readonly kind: 'counter' | 'group'
  },
  warn: (line: string) => void,
): Part {
  const { path, kind, name, layer, process } = parts
  const plugin = basename(path)
  let errors = 0
  return {
    plugin,
    name,
    layer,
    process,
    get errors() {
      return errors
    },
    get disabled() {
      return errors >= ERRORS_LIMIT
    },
    failed(error) {
      errors++
      if (errors !== ERRORS_LIMIT) return
      const reason = error instanceof Error ? error.message : String(error)
      warn(
        `plugin ${plugin}: ${kind} ${name} is switched off after ${errors} errors, the last one: ${reason}`,
      )
    },
  }
}
