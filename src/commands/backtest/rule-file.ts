// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { PktspotError } from '../../errors.ts'
import { milliseconds } from './duration.ts'
import { runTool, type Surroundings } from './tool.ts'

/** One rule of a rule file; times are in milliseconds. */
export interface Rule {
  /** Name of the alert, or of the series that a recording rule makes. */
  readonly name: string
  readonly kind: 'alert' | 'record'
  readonly expr: string
  readonly interval: number
  /** How long the expression must hold before the alert fires, and fires on when it no longer holds. */
  readonly holdFor: number
  readonly keepFiringFor: number
  readonly labels: Readonly<Record<string, string>>
}

/** What promtool let pass. */
interface Written {
  readonly groups?: readonly {
    readonly interval?: string
    readonly rules?: readonly {
      readonly alert?: string
      readonly record?: string
      readonly expr: string | number
      readonly for?: string
      readonly keep_firing_for?: string
      readonly labels?: Readonly<Record<string, string>>
    }[]
  }[]
}

/** Prometheus' own default of `evaluation_interval`. */
const USUAL_INTERVAL = '1m'

/** Reads a rule file; throws RULES with what promtool says of a wrong one, TOOL_MISSING without promtool. */
export async function readRules(path: string, surroundings: Surroundings): Promise<Rule[]> {
  const { code, stdout, stderr } = await runTool('promtool', ['check', 'rules', path], surroundings)
  if (code !== 0) {
    const words = `${stdout}${stderr}`.trim().replaceAll(/\n\s*\n/g, '\n')
    throw new PktspotError('RULES', `--rules: ${words}`)
  }
  const { groups } = (parse(await readFile(path, 'utf8')) ?? {}) as Written
  return (groups ?? []).flatMap(({ interval = USUAL_INTERVAL, rules = [] }) =>
    rules.map((rule): Rule => {
      const { alert, record, expr, labels = {} } = rule
      return {
        name: alert ?? record ?? '',
        kind: alert === undefined ? 'record' : 'alert',
        expr: String(expr),
        interval: milliseconds(interval),
        holdFor: milliseconds(rule.for ?? '0s'),
        keepFiringFor: milliseconds(rule.keep_firing_for ?? '0s'),
        labels,
      }
    }),
  )
}

/** Says which metrics rules may ask for: those whose name stands in an expression, or all where one is matched otherwise. */
export function wantedBy(rules: readonly Rule[]): (name: string) => boolean {
  const text = rules.map(({ expr }) => expr).join('\n')
  if (/__name__|\{\s*[,}]|(?<![\w:])\{/.test(text)) return () => true
  const words = new Set(text.match(/[a-zA-Z_:][\w:]*/g))
  return (name) => ['', '_bucket', '_sum', '_count'].some((suffix) => words.has(name + suffix))
}
