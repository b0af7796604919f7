// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../support/root.ts'
import { type Panel, panelsOf, readDashboards } from './shipped.ts'

const RUNBOOKS = 'https://github.com/pktspot/pktspot/blob/main/'

/** Columns and rows of the grid that two panels both take. */
function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

const dashboards = readDashboards()

t.test('there is one of each kind, with a uid that its file is named after', async (t) => {
  t.same([...dashboards.values()].map(({ uid }) => uid).sort(), [
    'pktspot-groups',
    'pktspot-health',
    'pktspot-node',
    'pktspot-overview',
  ])
  for (const [name, { uid }] of dashboards) t.equal(name, `${uid}.json`)
})

for (const [name, dashboard] of dashboards) {
  t.test(name, async (t) => {
    const { panels, templating, title, tags } = dashboard
    t.match(title, /^pktspot \/ /)
    t.same(tags, ['pktspot'])
    const shown = panelsOf(dashboard)
    const all = [...panels, ...panels.flatMap((panel) => panel.panels ?? [])]

    const ids = all.map(({ id }) => id)
    t.ok(ids.every((id) => id > 0) && new Set(ids).size === ids.length, 'ids differ')

    const [first, ...variables] = templating.list
    t.match(first, { type: 'datasource', name: 'datasource', query: 'prometheus' })
    for (const wanted of ['instance', 'interface']) {
      t.ok(
        variables.some((each) => each.name === wanted),
        `has a variable ${wanted}`,
      )
    }
    for (const { name, datasource } of variables) t.equal(datasource?.uid, '$datasource', name)

    for (const panel of all) {
      const { x, w, h } = panel.gridPos
      t.ok(x >= 0 && w > 0 && h > 0 && x + w <= 24, `${panel.title} lies within the grid`)
      for (const other of all) {
        if (other.id > panel.id && overlap(panel, other)) {
          t.fail(`${panel.title} lies over ${other.title}`)
        }
      }
    }
    for (const { title, description, datasource, fieldConfig, targets = [], links } of shown) {
      t.match(description, /^.{20,}$/, `${title} is described`)
      t.equal(datasource?.uid, '$datasource', `${title} asks the chosen data source`)
      t.ok(fieldConfig?.defaults.unit, `${title} has a unit`)
      t.ok(targets.length > 0, `${title} has queries`)
      const refs = targets.map(({ refId }) => refId)
      t.equal(new Set(refs).size, refs.length, `${title} has a name for each query`)
      for (const { expr, datasource } of targets) {
        t.equal(datasource?.uid, '$datasource', `${title} asks the chosen data source`)
        t.notMatch(expr, /\[(\d+s|\$__interval)\]/, `${title} uses $__rate_interval`)
      }
      for (const { url = '' } of links ?? []) {
        if (!url.startsWith(RUNBOOKS)) t.fail(`${title} leads to ${url}`)
        t.ok(existsSync(join(packageRoot, url.slice(RUNBOOKS.length))), `${url} is there`)
      }
    }
  })
}

t.test('the overview answers without scrolling at 1440x900', async (t) => {
  const overview = dashboards.get('pktspot-overview.json')
  const answer = overview && panelsOf(overview).find(({ title }) => /since when/.test(title))
  t.ok(answer, 'there is a panel that says which node, which statistic, since when')
  /* a row of the grid is 38 px; above it are 150 px of Grafana's bars and variables */
  const { y = 99, h = 0 } = answer?.gridPos ?? {}
  t.ok((y + h) * 38 + 150 <= 900)
})
