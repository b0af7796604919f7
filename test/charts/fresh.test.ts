// SPDX-License-Identifier: Apache-2.0
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { command, type Finished } from '../support/command.ts'
import { helm } from '../support/helm.ts'
import { packageRoot } from '../support/root.ts'

const skip = (await helm(['version'])) ? false : 'no Helm for this architecture'

function deploy(folder: string, ...args: string[]): Promise<Finished> {
  return command(process.execPath, [join(folder, 'scripts/deploy.mjs'), ...args])
}

/* makes a copy of what the script reads and writes */
function copied(folder: string): void {
  for (const name of ['scripts', 'charts', 'deploy', 'grafana', 'package.json']) {
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
}

t.test('charts/ and deploy/ are fresh', { skip }, async (t) => {
  const { code, stderr } = await deploy(packageRoot, '--check')
  t.equal(code, 0, stderr)
})

t.test('what is stale is named, and put right', { skip }, async (t) => {
  const folder = t.testdir()
  copied(folder)
  await deploy(folder)
  const edit = (path: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, path), 'utf8')
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`)
    writeFileSync(join(folder, path), text.replace(from, to))
  }
  const chart = 'charts/pktspot'
  const changes: readonly (readonly [change: () => void, stale: readonly string[]])[] = [
    [
      () => edit(`${chart}/values.yaml`, 'port: 10777', 'port: 10778'),
      [`${chart}/README.md`, 'deploy/kubernetes/pktspot.yaml'],
    ],
    [
      () => edit('package.json', '"version": "', '"version": "9'),
      [`${chart}/Chart.yaml`, 'deploy/kubernetes/sidecar.yaml'],
    ],
    [
      () => appendFileSync(join(folder, 'grafana/rules/pktspot.rules.yaml'), '# more\n'),
      [`${chart}/files/rules/pktspot.rules.yaml`],
    ],
    [
      () => {
        mkdirSync(join(folder, `${chart}/files/dashboards`), { recursive: true })
        writeFileSync(join(folder, `${chart}/files/dashboards/gone.json`), '{}')
      },
      [`${chart}/files/dashboards/gone.json`],
    ],
    [
      () => edit('deploy/kubernetes/pktspot.yaml', 'drop: [ALL]', 'drop: []'),
      ['deploy/kubernetes/pktspot.yaml'],
    ],
  ]
  for (const [change, stale] of changes) {
    change()
    const told = await deploy(folder, '--check')
    t.equal(told.code, 1)
    for (const path of stale) {
      t.ok(told.stderr.includes(path), `${path} in: ${told.stderr}`)
    }
    t.equal((await deploy(folder)).code, 0)
    t.equal((await deploy(folder, '--check')).code, 0)
  }
})

t.test('a value that says nothing of itself is refused', { skip }, async (t) => {
  const folder = t.testdir()
  copied(folder)
  appendFileSync(join(folder, 'charts/pktspot/values.yaml'), '\nnovelty: 1\n')
  const { code, stderr } = await deploy(folder, '--check')
  t.not(code, 0)
  t.match(stderr, /above novelty/)
})
