// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decimal, labelText } from '../../exporters/prometheus/syntax.ts'
import { makeBlocks } from './blocks.ts'
import { fresh } from './fresh.ts'
import { gridOf, type Prometheus, type Series, type Span } from './prometheus.ts'
import type { Rule } from './rule-file.ts'
import type { Surroundings } from './tool.ts'

/** Where recording rules find their samples, and put theirs. */
export interface Recording {
  readonly folder: string
  readonly span: Span
  /** Starts a Prometheus on the folder's blocks. */
  start(): Promise<Prometheus>
  readonly surroundings: Surroundings
}

/**
 * Evaluates the recording rules and adds what they give to the blocks: first those that use none of the others, then
 * those that use these, and so on. Prometheus sees new blocks when it starts.
 */
export async function recordAll(rules: readonly Rule[], recording: Recording): Promise<void> {
  const { folder, span, surroundings } = recording
  let left = rules.filter(({ kind }) => kind === 'record')
  for (let round = 0; left.length > 0; round++) {
    const names = left.map(({ name }) => name)
    const free = left.filter(({ expr }) => !names.some((name) => mentions(expr, name)))
    /* rules that use each other come in their order */
    const now = free.length > 0 ? free : left.slice(0, 1)
    left = left.filter((rule) => !now.includes(rule))
    const texts: string[] = []
    {
      await using prometheus = await recording.start()
      for (const rule of now) {
        const series = await prometheus.range(fresh(rule.expr, rules), gridOf(span, rule.interval))
        texts.push(...series.map((each) => samples(rule, each)))
      }
    }
    if (texts.every((text) => text === '')) continue
    const path = join(folder, `recorded-${round}.txt`)
    await writeFile(path, `${texts.join('')}# EOF\n`)
    await makeBlocks(folder, path, surroundings)
  }
}

function mentions(expr: string, name: string): boolean {
  const words: readonly string[] = expr.match(/[a-zA-Z_:][\w:]*/g) ?? []
  return words.includes(name)
}

function samples({ name, labels }: Rule, { labels: found, values }: Series): string {
  const { __name__: _, ...rest } = found
  const prefix = `${name}${labelText({ ...rest, ...labels })} `
  return [...values].map(([time, value]) => `${prefix}${decimal(value)} ${time / 1000}\n`).join('')
}
