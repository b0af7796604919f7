// SPDX-License-Identifier: Apache-2.0
/* Writes what follows from other files into charts/ and deploy/: the chart's version, its copies of dashboards and rules
   (a chart holds all that it needs), the table of its values, and the plain manifests, rendered from it. With `--check`
   only tells what is stale. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { findHelm } from './lib/helm.mjs'
import { root } from './lib/root.mjs'
import { valuesTable } from './lib/values-table.mjs'

const chart = 'charts/pktspot'
const check = process.argv.includes('--check')
const stale = []

const read = (path) => readFileSync(join(root, path), 'utf8')
const listed = (folder, ending) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter((name) => name.endsWith(ending))
    : []

function put(path, content) {
  if (existsSync(join(root, path)) && read(path) === content) return
  stale.push(path)
  if (check) return
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

function copyAll(from, to, ending) {
  const names = listed(from, ending)
  for (const name of names) put(`${to}/${name}`, read(`${from}/${name}`))
  for (const name of listed(to, '').filter((each) => !names.includes(each))) {
    stale.push(`${to}/${name}`)
    if (!check) rmSync(join(root, to, name))
  }
}

function writeVersion() {
  const { version } = JSON.parse(read('package.json'))
  const files = [`${chart}/Chart.yaml`, 'deploy/kubernetes/sidecar.yaml']
  for (const path of files) {
    const text = read(path)
      .replace(/^version: .*$/m, `version: ${version}`)
      .replace(/^appVersion: .*$/m, `appVersion: "${version}"`)
      .replace(/^( *image: pktspot:).*$/m, `$1${version}`)
    put(path, text)
  }
}

function writeValuesTable() {
  const path = `${chart}/README.md`
  const markers = /(<!-- values:begin[^>]*-->\n)[\s\S]*?(<!-- values:end -->)/
  if (!markers.test(read(path))) throw new Error(`${path}: the markers of values are missing`)
  const table = valuesTable(read(`${chart}/values.yaml`))
  put(
    path,
    read(path).replace(markers, (_, begin, end) => `${begin}\n${table}\n\n${end}`),
  )
}

/* documents without what only Helm makes use of */
function rendered(helm, values) {
  const sets = ['tests.enabled=false', ...values].flatMap((value) => ['--set', value])
  const { status, stdout, stderr, error } = spawnSync(
    helm,
    ['template', 'pktspot', join(root, chart), '--namespace', 'pktspot', ...sets],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  if (error) throw error
  if (status !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout)
    .filter((document) => document.contents !== null)
    .map((document) => {
      document.directives.docStart = false
      document.commentBefore = null
      document.contents.commentBefore = null
      for (const label of ['helm.sh/chart', 'app.kubernetes.io/managed-by']) {
        document.deleteIn(['metadata', 'labels', label])
      }
      return document
    })
}

const NAMESPACE = `apiVersion: v1
kind: Namespace
metadata:
  name: pktspot
  labels:
    # pods on the nodes' network that add capabilities
    pod-security.kubernetes.io/enforce: privileged
`

const FILES = {
  'pktspot.yaml': {
    kinds: ['ServiceAccount', 'ConfigMap', 'Service', 'DaemonSet'],
    values: [],
    first: NAMESPACE,
  },
  'monitoring.yaml': {
    kinds: ['ServiceMonitor', 'PrometheusRule'],
    values: ['serviceMonitor.enabled=true', 'prometheusRule.enabled=true'],
  },
  'dashboards.yaml': {
    kinds: ['ConfigMap'],
    labelled: 'grafana_dashboard',
    values: ['dashboards.enabled=true'],
  },
}

function writeManifests() {
  const helm = findHelm()
  if (!helm) {
    console.log('deploy: no Helm on PATH: the plain manifests are left as they are')
    return
  }
  for (const [name, { kinds, values, first, labelled }] of Object.entries(FILES)) {
    const documents = rendered(helm, values).filter(
      (document) =>
        kinds.includes(document.get('kind')) &&
        (!labelled || document.hasIn(['metadata', 'labels', labelled])),
    )
    if (documents.length === 0) continue
    const texts = documents.map((document) =>
      document.toString({ lineWidth: 0, flowCollectionPadding: false }).trim(),
    )
    const whole = [...(first ? [first.trim()] : []), ...texts].join('\n---\n')
    put(
      `deploy/kubernetes/${name}`,
      `# Rendered from charts/pktspot by \`npm run fix\`: change the chart, not this file.\n${whole}\n`,
    )
  }
}

writeVersion()
copyAll('grafana/dashboards', `${chart}/files/dashboards`, '.json')
copyAll('grafana/rules', `${chart}/files/rules`, '.rules.yaml')
writeValuesTable()
writeManifests()

if (stale.length === 0) console.log('deploy: charts/ and deploy/ are up to date')
else if (check) {
  console.error(`deploy: stale, run \`npm run fix\`: ${stale.join(', ')}`)
  process.exitCode = 1
} else console.log(`deploy: written: ${stale.join(', ')}`)
