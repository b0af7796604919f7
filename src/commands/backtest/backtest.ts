// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalog } from '../../counters/catalog.ts'
import type { Write } from '../../exporters/ndjson.ts'
import { type Backfill, createBackfill } from '../../exporters/openmetrics-backfill.ts'
import { windowPeriods } from '../../settings/capture.ts'
import type { Settings } from '../../settings/settings.ts'
import { batched } from '../batched.ts'
import { makeBlocks } from './blocks.ts'
import { startPrometheus } from './prometheus.ts'
import { recordAll } from './recording.ts'
import { readRules, wantedBy } from './rule-file.ts'
import { timesActive } from './times-active.ts'
import type { Surroundings } from './tool.ts'

/** Alert rules to be tried on what is replayed. */
export interface Backtest extends AsyncDisposable {
  /** Takes the replayed windows. */
  readonly backfill: Backfill
  /** Evaluates the rules over them and writes a line of JSON for each time that an alert was active. */
  evaluate(write: Write): Promise<void>
}

/** Reads the rules; throws RULES where they are wrong, TOOL_MISSING without promtool. */
export async function openBacktest(options: {
  readonly rules: string
  readonly settings: Settings
  readonly catalog: Catalog
  readonly surroundings: Surroundings
}): Promise<Backtest> {
  const { settings, catalog, surroundings } = options
  const base = settings.period
  const rules = await readRules(options.rules, surroundings)
  const recorded = rules.filter(({ kind }) => kind === 'record').map(({ interval }) => interval)
  /* a value holds until the next one is due, not for five minutes: blocks cannot say that a series ended */
  const lookback = Math.max(
    ...[base, ...windowPeriods(settings)].map((each) => each * 1000),
    ...recorded,
  )
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-rules-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'samples.txt')
    const file = await open(path, 'wx', 0o600)
    const output = batched((text) => file.appendFile(text))
    const { write } = output
    const backfill = await createBackfill({ catalog, base, write, wanted: wantedBy(rules) })
    return {
      backfill,
      async evaluate(write) {
        await backfill.finish()
        await output.flush()
        const { span } = backfill
        if (!span) return
        await makeBlocks(folder, path, surroundings)
        const start = () => startPrometheus(folder, { lookback, ...surroundings })
        await recordAll(rules, { folder, span, start, surroundings })
        await using prometheus = await start()
        for (const line of await timesActive(rules, prometheus, span)) await write(`${line}\n`)
      },
      async [Symbol.asyncDispose]() {
        await backfill[Symbol.asyncDispose]()
        await file.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
