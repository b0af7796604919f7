// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '../support/root.ts'

/** A panel as the dashboards have it. */
export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly type: string; readonly uid: string }
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
  readonly targets?: readonly Target[]
  readonly links?: readonly { readonly url?: string }[]
  readonly panels?: readonly Panel[]
}

/** A query of a panel. */
export interface Target {
  readonly refId: string
  readonly expr: string
  readonly instant?: boolean
  readonly datasource?: { readonly uid: string }
}

/** A variable above a dashboard. */
export interface Variable {
  readonly name: string
  readonly type: string
  readonly query: string | { readonly query: string }
  readonly datasource?: { readonly uid: string }
}

/** What is imported into Grafana. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly tags: readonly string[]
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
}

const DASHBOARDS = join(packageRoot, 'grafana/dashboards')

/** The rules that are shipped. */
export const RULES = join(packageRoot, 'grafana/rules/pktspot.rules.yaml')

/** Reads all dashboards: by the name of their file. */
export function readDashboards(): ReadonlyMap<string, Dashboard> {
  const names = readdirSync(DASHBOARDS)
  return new Map(
    names.map((name) => [
      name,
      JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as Dashboard,
    ]),
  )
}

/** Panels with queries, those inside rows too. */
export function panelsOf({ panels }: Pick<Dashboard, 'panels'>): readonly Panel[] {
  return panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]))
}

/** A rule of the shipped file. */
export interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** Reads all rules. */
export function readRules(): readonly Rule[] {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    groups: readonly { rules: readonly Rule[] }[]
  }
  return groups.flatMap(({ rules }) => rules)
}
