// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { createNdjsonExporter, type Write } from '../exporters/ndjson.ts'
import { createTableExporter } from '../exporters/table.ts'
import type { Settings } from '../settings/settings.ts'
import type { Statistic } from '../statistics/statistic.ts'
import type { Io } from './command.ts'

/** Where the windows of all replayed files go. */
export interface Sink extends AsyncDisposable {
  readonly exporter: Exporter
  /** Writes what could not be written before all files were read. */
  finish(): Promise<void>
}

/** Opens what the flags of `replay` ask for. */
export async function openSink(
  options: {
    readonly format: 'ndjson' | 'table' | 'openmetrics'
    readonly rules?: string
    readonly settings: Settings
    readonly statistics: readonly Statistic[]
    /** Of all sources. */
    readonly catalog: Catalog
  },
  write: Write,
  io: Pick<Io, 'env' | 'signal'>,
): Promise<Sink> {
  const { format, rules, settings, statistics, catalog } = options
  const { env, signal } = io
  if (rules !== undefined) {
    const { openBacktest } = await import('./backtest/backtest.ts')
    const backtest = await openBacktest({ rules, settings, catalog, surroundings: { env, signal } })
    return {
      exporter: backtest.backfill,
      finish: async () => {
        if (!signal.aborted) await backtest.evaluate(write)
      },
      [Symbol.asyncDispose]: () => backtest[Symbol.asyncDispose](),
    }
  }
  if (format === 'openmetrics') {
    const { createBackfill } = await import('../exporters/openmetrics-backfill.ts')
    const backfill = await createBackfill({ catalog, base: settings.period, write })
    return {
      exporter: backfill,
      finish: () => backfill.finish(),
      [Symbol.asyncDispose]: () => backfill[Symbol.asyncDispose](),
    }
  }
  const exporter =
    format === 'table'
      ? createTableExporter({ statistics, write })
      : createNdjsonExporter({ catalog, write })
  return {
    exporter,
    finish: async () => undefined,
    [Symbol.asyncDispose]: () => exporter[Symbol.asyncDispose](),
  }
}
