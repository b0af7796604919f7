// SPDX-License-Identifier: Apache-2.0
import { choice } from './format.ts'
import type { Section } from './setting.ts'

/** What is logged to standard error, and how. */
export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** `auto` is pretty on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty'
}

export const log: Section<LogSettings> = {
  level: {
    doc: 'Least level that is logged to standard error',
    default: 'info',
    flag: { name: 'log-level', value: 'level' },
    format: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  },
  format: {
    doc: 'How log lines look; `auto` is pretty on a terminal, JSON elsewhere',
    default: 'auto',
    format: choice(['auto', 'json', 'pretty']),
  },
}
