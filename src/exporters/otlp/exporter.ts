// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setImmediate as breath, setTimeout as sleep } from 'node:timers/promises'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Exporter } from '../exporter.ts'
import type { Latest } from '../latest.ts'
import { createChannel } from './channel.ts'
import type { OtlpEnvironment } from './environment.ts'
import { measureLatest } from './families.ts'
import { batches, type Measured, merged } from './measured.ts'
import { metricData } from './metric-data.ts'
import { createPump } from './pump.ts'
import type { OtlpStanding } from './standing.ts'
import { createStreams, type Settling } from './streams.ts'

/** Series in one request: far below the 4 MiB that receivers by gRPC allow, and encoded in some milliseconds. */
const BATCH = 2000

export interface OtlpOptions {
  readonly environment: OtlpEnvironment
  /** What /metrics is written from. */
  readonly latest: Latest
  /** Further families that /metrics has, by `measure`. */
  readonly further?: () => readonly Measured[]
  readonly version: string
  /** When counting began. */
  readonly start: Date
  readonly info: (line: string) => void
  readonly warn: (line: string) => void
}

export interface OtlpExporter extends Exporter {
  standing(): OtlpStanding
}

/** Pushes at regular times what /metrics says then; what cannot be delivered is told with the next totals. */
export function createOtlpExporter(options: OtlpOptions): OtlpExporter {
  const { environment, latest, further = () => [], version, info, warn } = options
  const { protocol, temporality, url, interval, exportTimeout } = environment
  const timeout = Math.min(environment.timeout, exportTimeout)
  const channel = createChannel({ ...environment, timeout }, `pktspot/${version}`)
  const streams = createStreams(options.start, temporality)
  const resource = resourceFromAttributes({
    'service.name': 'pktspot',
    'service.version': version,
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    ...environment.attributes,
  })
  const scope = { name: 'pktspot', version }
  const receiver = `${url.origin}${url.pathname}`

  /* all is read at one moment; what takes longer lets others in between */
  const push = async (givenUp: AbortSignal): Promise<void> => {
    const now = new Date()
    const measured = merged([...measureLatest(latest), ...further()])
    const settle = streams.at(now)
    const settlings: Settling[] = []
    for (const batch of batches(measured, BATCH)) {
      settlings.push(settle(batch))
      await breath()
    }
    for (const { settled, arrived } of settlings) {
      givenUp.throwIfAborted()
      const metrics = settled.map((each) => metricData(each, now, protocol))
      await channel.send({ resource, scopeMetrics: [{ scope, metrics }] })
      arrived()
    }
  }
  const pump = createPump({
    interval,
    push: () => within(exportTimeout, push),
    drop: channel.drop,
    onFailing: (error) =>
      warn(`OTLP: ${receiver} cannot be reached or refuses: ${reasonOf(error)}`),
    onRecovered: (failures) =>
      info(`OTLP: ${receiver} takes metrics again, after ${failures} failures`),
  })
  info(`OTLP: pushing metrics to ${receiver} by ${protocol} every ${interval / 1000} s`)
  return {
    name: 'otlp',
    standing: pump.standing,
    /* what is pushed is read off the latest reports when its time has come */
    publish() {},
    [Symbol.asyncDispose]: pump[Symbol.asyncDispose],
  }
}

/** Rejects when work takes longer; work that goes on nevertheless is told by the signal. */
async function within(
  milliseconds: number,
  work: (givenUp: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController()
  const timer = new AbortController()
  const end = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    late.abort()
    throw new Error(`no answer within ${milliseconds} ms`)
  })
  try {
    await Promise.race([work(late.signal), end])
  } finally {
    timer.abort()
  }
}

/* Node words a refusal by several addresses as nothing but a code; what a receiver says is not ours */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: unknown; code?: unknown }
  const text = String(message || code)
  const status = typeof code === 'number' && !text.includes(String(code)) ? ` (${code})` : ''
  return `${text.slice(0, 200).replace(/\p{Cc}/gu, '?')}${status}`
}
