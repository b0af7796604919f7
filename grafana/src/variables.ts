// SPDX-License-Identifier: Apache-2.0
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** What all panels ask. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

/** Restricts a query to what is chosen above the dashboard. */
export const CHOSEN = 'instance=~"$instance",interface=~"$interface"'

export function datasource(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes pktspot')
    .type('prometheus')
}

/** Values of a label, all of them chosen at first. */
export function several(name: string, label: string, query: string): QueryVariableBuilder {
  return one(name, label, query)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })
}

/** One value of a label. */
export function one(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query: `label_values(${query}, ${name})`, refId: name })
    .definition(`label_values(${query}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
}
