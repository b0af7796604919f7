// SPDX-License-Identifier: Apache-2.0
import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { groups } from './groups.ts'
import { health } from './health.ts'
import { node } from './node.ts'
import { overview } from './overview.ts'

type Any = Panel | RowPanel

/** All dashboards, every panel with an id of its own. */
export const dashboards: readonly Dashboard[] = [overview, node, groups, health].map(numbered)

function numbered(dashboard: Dashboard): Dashboard {
  let last = 0
  const number = <P extends Any>(panel: P): P => ({ ...panel, id: ++last })
  const panels = dashboard.panels?.map((panel) => {
    const own = number(panel)
    return 'panels' in own ? { ...own, panels: own.panels.map(number) } : own
  })
  return panels ? { ...dashboard, panels } : dashboard
}
