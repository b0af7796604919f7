// SPDX-License-Identifier: Apache-2.0
/* Run while the image is built, in the folder of its node_modules: writes their bill of materials (CycloneDX), and
   removes from them what no program reads. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const UNREAD = /\.(?:map|d\.[cm]?ts)$/
/* OpenTelemetry's builds for bundlers, beside those that Node loads */
const FOR_BUNDLERS = /^node_modules\/@opentelemetry\/[^/]+\/build\/(?:esm|esnext)$/

function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const unread = entry.isDirectory() ? FOR_BUNDLERS.test(path) : UNREAD.test(entry.name)
    if (unread) rmSync(path, { recursive: true })
    else if (entry.isDirectory()) prune(path)
  }
}

/* npm leaves out of the bill what is a dependency of both kinds, so those for development alone go first */
function withoutDevelopment(folder) {
  const [own, lock] = ['package.json', 'package-lock.json'].map((name) =>
    JSON.parse(readFileSync(name, 'utf8')),
  )
  const packages = Object.fromEntries(
    Object.entries(lock.packages).filter(([, { dev }]) => dev !== true),
  )
  for (const each of [own, packages['']]) delete each.devDependencies
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ ...lock, packages }))
}

/* without what differs from one build of the same input to the next */
function billOfMaterials() {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'))
  withoutDevelopment(folder)
  const flags = ['--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']
  const told = execFileSync('npm', ['sbom', ...flags], { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  const { serialNumber, ...bom } = JSON.parse(told)
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0)
  const timestamp = new Date(seconds * 1000).toISOString()
  return { ...bom, metadata: { ...bom.metadata, timestamp } }
}

writeFileSync('sbom.cdx.json', `${JSON.stringify(billOfMaterials(), null, 2)}\n`)
/* npm's own notes say when it installed */
rmSync('node_modules/.package-lock.json')
prune('node_modules')
