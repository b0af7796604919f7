// SPDX-License-Identifier: Apache-2.0
import type { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import type { PanelBuilder as Lines } from '@grafana/grafana-foundation-sdk/timeseries'
import { type Column, list, type Said, stacked } from './panels.ts'
import { over, rows } from './queries.ts'
import { CHOSEN } from './variables.ts'

/** A counter group as metrics have it. */
export interface Shown {
  /** `src_ip` of `pktspot_src_ip_bytes_total`. */
  readonly group: string
  /** Labels of its key. */
  readonly keys: readonly string[]
}

/** Bits a second of every key, and of the rest: together all that the group counted. */
export function share({ group, keys }: Shown, what: Omit<Said, 'unit'>): Lines {
  const metric = `pktspot_${group}_bytes_total`
  const key = keys.map((label) => `{{${label}}}`).join(' ')
  return stacked(
    { ...what, unit: 'bps' },
    over(
      `8 * sum by (${keys.join(', ')}) (rate(${metric}{${CHOSEN},otel_metric_overflow=""}[$__rate_interval]))`,
      key,
      'A',
    ),
    over(
      `8 * sum(rate(${metric}{${CHOSEN},otel_metric_overflow="true"}[$__rate_interval]))`,
      'other',
      'B',
    ),
  ).overrideByName('other', [{ id: 'color', value: { mode: 'fixed', fixedColor: 'text' } }])
}

/** What a key is called, where that is known. */
export const NAME: Column = ['label', 'Name']

/** The keys of the time shown with their traffic. */
export function top(
  { group, keys }: Shown,
  headings: readonly Column[],
  what: Omit<Said, 'unit'>,
): Table {
  const by = keys.join(', ')
  const amount = (unit: string) =>
    `sum by (${by}) (increase(pktspot_${group}_${unit}_total{${CHOSEN},otel_metric_overflow=""}[$__range]))`
  const all = `sum(increase(pktspot_${group}_bytes_all_total{${CHOSEN}}[$__range]))`
  const named = keys.map((label) => `"${label}"`).join(', ')
  return list(
    { ...what, unit: 'short' },
    [
      ...headings,
      ['Value #A', 'Bytes', 'bytes'],
      ['Value #B', 'Packets', 'short'],
      ['Value #C', 'Share of bytes', 'percentunit'],
    ],
    ...[amount('bytes'), amount('packets'), `${amount('bytes')} / on () group_left () ${all}`].map(
      (expr, index) =>
        rows(
          `sort_desc(label_join(${expr}, "key", "/", ${named}) * on (key) group_left (label) (max by (key, label) (pktspot_group_key_info{instance=~"$instance",group="${group}"})) or label_join(${expr}, "key", "/", ${named}) unless on (key) pktspot_group_key_info{instance=~"$instance",group="${group}"})`,
          'ABC'.charAt(index),
        ),
    ),
  )
}
