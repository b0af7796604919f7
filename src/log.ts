// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module'
import { isatty } from 'node:tty'
import { destination, type Logger, pino } from 'pino'
import type { PrettyOptions } from 'pino-pretty'
import { limitLines } from './log-limit.ts'
import type { LogSettings } from './settings/log.ts'

const STANDARD_ERROR = 2

/** A logger whose settings may change while it is used, and its children's with it. */
export interface Log {
  readonly logger: Logger
  change(settings: LogSettings): void
  /** Limits the lines a second from now on; until then, while the program starts, all are written. */
  limit(): void
}

interface Stream {
  write(line: string): unknown
}

/** Makes the logger: to standard error, written before the call returns, so that an exit loses nothing. */
export function createLogger(settings: LogSettings): Logger {
  return openLog(settings).logger
}

/** Makes the logger and the way to change it. */
export function openLog(settings: LogSettings): Log {
  const terminal = isatty(STANDARD_ERROR)
  const streams = new Map<LogSettings['format'], Stream>()
  const streamOf = ({ format }: LogSettings): Stream => {
    const as = format === 'auto' ? (terminal ? 'pretty' : 'json') : format
    const stream = streams.get(as) ?? (as === 'json' ? jsonStream() : prettyStream(terminal))
    streams.set(as, stream)
    return stream
  }
  let stream = streamOf(settings)
  let write = (line: string): void => void stream.write(line)
  const children: Logger[] = []
  const logger: Logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      onChild: (child) => void children.push(child),
    },
    { write: (line) => write(line) },
  )
  return {
    logger,
    change(next) {
      /* children keep the level that they were made with */
      for (const each of [logger, ...children]) each.level = next.level
      stream = streamOf(next)
    },
    limit() {
      write = limitLines(write, {
        now: () => performance.now(),
        later: (work, milliseconds) => void setTimeout(work, milliseconds).unref(),
      })
    },
  }
}

function jsonStream(): Stream {
  return destination({ fd: STANDARD_ERROR, sync: true })
}

function prettyStream(colorize: boolean): Stream {
  /* loaded only where someone looks: a daemon's memory does without it */
  const pretty: (options: PrettyOptions) => NodeJS.WritableStream = createRequire(import.meta.url)(
    'pino-pretty',
  )
  return pretty({
    destination: STANDARD_ERROR,
    sync: true,
    colorize,
    translateTime: 'SYS:HH:MM:ss',
  })
}
