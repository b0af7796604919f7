// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { command } from '../support/command.ts'
import { chart, helm, type Manifest, manifestsIn, template } from '../support/helm.ts'
import { modelOf, modelsFolder, validate } from '../support/kubernetes-models.ts'
import { packageRoot, program } from '../support/root.ts'

const sets = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name))
const skip = (await helm(['version'])) ? false : 'no Helm for this architecture'

const rendered = new Map<string, Manifest[]>()
for (const set of skip ? [] : sets) rendered.set(set, await template(['-f', set]))

t.test('there are sets of values for what the chart can do', async (t) => {
  t.ok(sets.length >= 12)
})

for (const major of [4, 3] as const) {
  t.test(`Helm ${major} lints all sets strictly`, { skip }, async (t) => {
    for (const set of sets) {
      const lint = await helm(['lint', '--strict', chart, '-f', set], major)
      t.equal(lint?.code, 0, `${set}: ${lint?.stdout} ${lint?.stderr}`)
    }
  })
}

t.test('both major versions render the same', { skip }, async (t) => {
  for (const [set, manifests] of rendered) {
    t.ok(manifests.length > 0)
    t.same(await template(['-f', set], 3), manifests)
  }
})

function everything(): Map<string, Manifest[]> {
  const files = ['pktspot', 'monitoring', 'dashboards', 'sidecar']
    .map((name) => join(packageRoot, `deploy/kubernetes/${name}.yaml`))
    .filter((path) => existsSync(path))
  const plain = files.map((path) => [path, manifestsIn(readFileSync(path, 'utf8'))] as const)
  return new Map([...plain, ...rendered])
}

t.test('every object is what its schema wants', async (t) => {
  const folder = await modelsFolder()
  for (const [from, manifests] of everything()) {
    for (const manifest of manifests) {
      await t.resolves(validate(folder, manifest), `${from}: ${manifest.kind}`)
    }
  }
  const broken = { apiVersion: 'v1', kind: 'Service', metadata: { name: 7, labels: {} } }
  await t.rejects(validate(folder, broken as unknown as Manifest))
})

/* schemas let unknown fields pass, types do not */
t.test('no object has a field that its type does not know', async (t) => {
  const models = await modelsFolder()
  const compiled = async (manifests: readonly Manifest[]) => {
    const folder = mkdtempSync(join(models, 'typed-'))
    const lines = manifests.map((manifest, index) => {
      const type = `import('${modelOf(manifest)}').I${manifest.kind}`
      return `export const m${index}: ${type} = ${JSON.stringify(manifest, null, 1)}`
    })
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'))
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      module: 'nodenext',
      types: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
    const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc')
    const run = await command(process.execPath, [tsc, '-p', folder])
    rmSync(folder, { recursive: true })
    return run
  }
  const all = [...everything().values()].flat()
  const { code, stdout } = await compiled(all)
  t.equal(code, 0, stdout)

  const [first] = all.filter(({ kind }) => kind === 'DaemonSet')
  t.ok(first)
  const { stdout: told } = await compiled(first ? [{ ...first, spek: {} }] : [])
  t.match(told, /spek.* does not exist/)
})

t.test('pktspot accepts the settings of every set', { skip }, async (t) => {
  const written = new Map<string, string>()
  for (const [set, manifests] of rendered) {
    for (const { kind, data } of manifests) {
      const settings = kind === 'ConfigMap' && (data as Record<string, string>)['pktspot.yaml']
      if (settings) written.set(settings, set)
    }
  }
  t.ok(written.size > 1)
  const file = join(t.testdir(), 'pktspot.yaml')
  for (const [settings, set] of written) {
    writeFileSync(file, settings)
    const { code, stderr } = await command(process.execPath, [program, 'check', file])
    t.equal(code, 0, `${set}: ${stderr}`)
  }
})

t.test('a packed chart holds all that it needs', { skip }, async (t) => {
  const folder = t.testdir()
  const packed = await helm(['package', chart, '--destination', folder])
  t.equal(packed?.code, 0, `${packed?.stderr}`)
  const [name = ''] = readdirSync(folder)
  const set = join(chart, 'ci/monitored-values.yaml')
  const run = await helm([
    'template',
    'pktspot',
    join(folder, name),
    '--namespace',
    'net',
    '-f',
    set,
  ])
  t.same(manifestsIn(run?.stdout ?? ''), rendered.get(set), run?.stderr ?? 'no Helm')
})
