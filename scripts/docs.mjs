// SPDX-License-Identifier: Apache-2.0
/* Writes the generated tables into README.md, each between its markers; with `--check` only tells whether they are
   stale. The tables come from what the program itself uses, so nothing is said twice. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileProduct } from './lib/compile.mjs'
import { root } from './lib/root.mjs'

if (!compileProduct()) process.exit(1)
const load = (path) => import(join(root, 'dist', path))
const { loadCatalog } = await load('native/binding.js')
const { withDropped } = await load('counters/dropped.js')
const { settingsTable } = await load('settings/document.js')
const { loadBuiltinStatistics } = await load('statistics/builtin.js')
const { statisticsTable } = await load('statistics/document.js')
const { metricsTable } = await load('exporters/prometheus/document.js')

const cell = (text) => text.replaceAll('|', '\\|')
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function countersTable(catalog) {
  const rows = [...catalog].map(({ name, layers, kind, unit, help }) => [
    `\`${name}\``,
    layers.join(', '),
    kind,
    unit,
    cell(help),
  ])
  return table(['Counter', 'Layer', 'Kind', 'Unit', 'Meaning'], rows)
}

/* a code and what it means stand on one line of the union */
function errorsTable() {
  const source = readFileSync(join(root, 'src/errors.ts'), 'utf8')
  const union = source.slice(
    source.indexOf('export type ErrorCode'),
    source.indexOf('export class'),
  )
  const rows = [...union.matchAll(/^ {2}\| '(\w+)'(?: \/\/ (.+))?$/gm)].map(([, code, meaning]) => {
    if (!meaning) throw new Error(`src/errors.ts: ${code} needs a comment that says what it means`)
    return [`\`${code}\``, cell(meaning)]
  })
  return table(['Code', 'Meaning'], rows)
}

const catalog = withDropped(loadCatalog())
const tables = {
  counters: countersTable(catalog),
  statistics: statisticsTable(await loadBuiltinStatistics()),
  settings: settingsTable(),
  metrics: metricsTable(catalog),
  errors: errorsTable(),
}

const path = join(root, 'README.md')
const before = readFileSync(path, 'utf8')
const after = Object.entries(tables).reduce((text, [name, content]) => {
  const markers = new RegExp(`(<!-- ${name}:begin[^>]*-->\\n)[^]*?(<!-- ${name}:end -->)`)
  if (!markers.test(text)) throw new Error(`README.md: the markers of ${name} are missing`)
  return text.replace(markers, (_, begin, end) => `${begin}\n${content.trim()}\n\n${end}`)
}, before)

if (after === before) console.log('docs: README.md is up to date')
else if (process.argv.includes('--check')) {
  console.error('docs: the tables in README.md are stale: run `npm run docs`')
  process.exitCode = 1
} else {
  writeFileSync(path, after)
  console.log('docs: README.md written')
}
