// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { destination, type Logger, pino } from 'pino'
import type { PrettyOptions } from 'pino-pretty'
import type { LogSettings } from './settings/log.ts'

const STANDARD_ERROR = 2

/** Makes the logger: to standard error, written before the call returns, so that an exit loses nothing. */
export function createLogger({ level, format }: LogSettings): Logger {
  const terminal = isatty(STANDARD_ERROR)
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (format === 'json' || (format === 'auto' && !terminal)) {
    return pino(options, destination({ fd: STANDARD_ERROR, sync: true }))
  }
  /* loaded only where someone looks: a daemon's memory does without it */
  const pretty: (options: PrettyOptions) => NodeJS.WritableStream = createRequire(import.meta.url)(
    'pino-pretty',
  )
  return pino(
    options,
    pretty({
      destination: STANDARD_ERROR,
      sync: true,
      colorize: terminal,
      translateTime: 'SYS:HH:MM:ss',
    }),
  )
}
