// SPDX-License-Identifier: Apache-2.0
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { DATASOURCE } from './variables.ts'

/** A query over the time that is shown. */
export function over(expr: string, legend: string, refId = 'A'): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(refId)
    .expr(expr)
    .legendFormat(legend)
    .range()
}

/** A query of the last moment, for a single number or a bar. */
export function now(expr: string, legend: string, refId = 'A'): DataqueryBuilder {
  return over(expr, legend, refId).instant()
}

/** A query of the last moment as rows of a table. */
export function rows(expr: string, refId: string): DataqueryBuilder {
  return now(expr, '', refId).format(PromQueryFormat.Table)
}
