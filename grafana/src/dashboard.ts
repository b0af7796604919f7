// SPDX-License-Identifier: Apache-2.0
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { runbook } from './runbooks.ts'
import { datasource } from './variables.ts'

/** Begins a dashboard that leads to the others, and to the runbook of what pages. */
export function dashboard(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(`pktspot / ${title}`)
    .uid(uid)
    .description(description)
    .tags(['pktspot'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('pktspot')
        .type(DashboardLinkType.Dashboards)
        .tags(['pktspot'])
        .includeVars(true)
        .keepTime(true),
    )
    .link(
      new DashboardLinkBuilder('Runbook')
        .type(DashboardLinkType.Link)
        .icon('doc')
        .url(runbook('PktspotTrafficAnomaly'))
        .targetBlank(true),
    )
    .withVariable(datasource())
}
