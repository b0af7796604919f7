// SPDX-License-Identifier: Apache-2.0
/* Writes grafana/dashboards from grafana/src; with `--check` only tells which of them are stale. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installed, runCommand } from './lib/command.mjs'
import { root } from './lib/root.mjs'

const tsc = [installed('typescript/bin/tsc'), '-p', 'grafana/tsconfig.json']
if (runCommand(process.execPath, tsc) !== 0) process.exit(1)
const { dashboards } = await import(join(root, 'build-grafana/index.js'))

const folder = join(root, 'grafana/dashboards')
const wanted = new Map(
  dashboards.map((dashboard) => [
    `${dashboard.uid}.json`,
    `${JSON.stringify(dashboard, null, 2)}\n`,
  ]),
)
const present = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
)
const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter(
  (name) => wanted.get(name) !== present.get(name),
)
if (stale.length === 0) console.log('grafana: dashboards are up to date')
else if (process.argv.includes('--check')) {
  console.error(`grafana: stale: ${stale.join(', ')}: run \`node scripts/grafana.mjs\``)
  process.exitCode = 1
} else {
  for (const name of stale) {
    const text = wanted.get(name)
    if (text === undefined) rmSync(join(folder, name))
    else writeFileSync(join(folder, name), text)
  }
  console.log(`grafana: wrote ${stale.join(', ')}`)
}
