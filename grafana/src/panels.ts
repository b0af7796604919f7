// SPDX-License-Identifier: Apache-2.0
import * as bars from '@grafana/grafana-foundation-sdk/bargauge'
import type * as cog from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as table from '@grafana/grafana-foundation-sdk/table'
import * as series from '@grafana/grafana-foundation-sdk/timeseries'
import { runbook } from './runbooks.ts'
import { DATASOURCE } from './variables.ts'

/** What every panel has: what it shows, why it matters, and where it lies (columns of 24, rows of 38 px). */
export interface Said {
  readonly title: string
  readonly description: string
  readonly unit: string
  readonly at: readonly [x: number, y: number, width: number, height: number]
  /** Alert whose runbook helps with what the panel shows. */
  readonly alert?: string
}

type Query = cog.Builder<cog.Dataquery>

interface Panel {
  title(title: string): this
  description(description: string): this
  unit(unit: string): this
  gridPos(at: { x: number; y: number; w: number; h: number }): this
  datasource(datasource: common.DataSourceRef): this
  links(links: DashboardLinkBuilder[]): this
  withTarget(query: Query): this
}

function said<P extends Panel>(panel: P, what: Said, queries: readonly Query[]): P {
  const { title, description, unit, at, alert } = what
  const [x, y, w, h] = at
  panel.title(title).description(description).unit(unit).datasource(DATASOURCE)
  panel.gridPos({ x, y, w, h })
  if (alert) {
    panel.links([new DashboardLinkBuilder('Runbook').url(runbook(alert)).targetBlank(true)])
  }
  for (const query of queries) panel.withTarget(query)
  return panel
}

/** Lines over time. */
export function lines(what: Said, ...queries: Query[]): series.PanelBuilder {
  return said(new series.PanelBuilder(), what, queries)
    .lineWidth(1)
    .fillOpacity(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
}

/** Areas on top of each other, that add up. */
export function stacked(what: Said, ...queries: Query[]): series.PanelBuilder {
  return lines(what, ...queries)
    .fillOpacity(40)
    .min(0)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'))
}

/** Bars over time, on top of each other. */
export function columns(what: Said, ...queries: Query[]): series.PanelBuilder {
  return stacked(what, ...queries)
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
}

/** One number, coloured by `steps`. */
export function number(
  what: Said,
  steps: readonly Threshold[],
  ...queries: Query[]
): stat.PanelBuilder {
  return said(new stat.PanelBuilder(), what, queries)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(steps))
}

/** Horizontal bars, one a series. */
export function gauges(what: Said, ...queries: Query[]): bars.PanelBuilder {
  return said(new bars.PanelBuilder(), what, queries)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Color)
    .showUnfilled(true)
    .min(0)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
}

/** A column of a table: the label or `Value #A` that it shows, its heading, and its unit where that is not the panel's. */
export type Column = readonly [field: string, heading: string, unit?: string]

/** Rows with the labels and values of all queries joined; other labels are left out. */
export function list(
  what: Said,
  shown: readonly Column[],
  ...queries: Query[]
): table.PanelBuilder {
  const panel = said(new table.PanelBuilder(), what, queries)
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: shown.map(([field]) => field) } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(shown.map(([field], index) => [field, index])),
        renameByName: Object.fromEntries(shown.map(([field, heading]) => [field, heading])),
      },
    })
  for (const [, heading, unit] of shown) {
    if (unit) panel.overrideByName(heading, [{ id: 'unit', value: unit }])
  }
  return panel
}

/** Colours from each value on; the first has none. */
export function thresholds(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps])
}

export const NEUTRAL: readonly Threshold[] = [{ value: null, color: 'text' }]
/** Anything above 0 is bad. */
export const NONE_IS_GOOD: readonly Threshold[] = [
  { value: null, color: 'green' },
  { value: 0.001, color: 'red' },
]
/** Anything below 1 is bad. */
export const ALL_IS_GOOD: readonly Threshold[] = [
  { value: null, color: 'orange' },
  { value: 1, color: 'green' },
]
