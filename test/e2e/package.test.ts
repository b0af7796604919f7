// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../support/root.ts'

const ARM64 = 'prebuilds/linux-arm64/pktspot.node'

/* The arm64 addon is cross-compiled on x64 and the other way round. */
const cross = process.arch === 'arm64' ? 'x86_64-linux-gnu-gcc' : 'aarch64-linux-gnu-gcc'
const found = spawnSync(cross, ['--version']).status === 0
const skip = found ? false : `needs ${cross}`

/* Packs the checkout and installs the archive in an empty folder; gives the archive's files and the folder. */
function install(folder: string): { files: string[]; installed: string } {
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: packageRoot, stdio: 'pipe' })
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  if (!archive) throw new Error(`npm pack left no archive in ${folder}`)
  const files = execFileSync('tar', ['tzf', join(folder, archive)], { encoding: 'utf8' })
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  writeFileSync(join(empty, 'package.json'), '{"private":true}\n')
  const args = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  execFileSync('npm', [...args, join(folder, archive)], { cwd: empty, stdio: 'pipe' })
  return {
    files: files
      .trim()
      .split('\n')
      .map((file) => file.replace(/^package\//, '')),
    installed: join(empty, 'node_modules/pktspot'),
  }
}

function needed(addon: string): { machine: string; libraries: string[]; versions: string[] } {
  const readelf = (flag: string) =>
    execFileSync('readelf', ['--wide', flag, addon], { encoding: 'utf8' })
  const all = (pattern: RegExp, text: string) => [
    ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
  ]
  return {
    machine: all(/Machine:\s+(.+)/g, readelf('-h')).join(),
    libraries: all(/NEEDED.*\[(.+)\]/g, readelf('-d')),
    versions: all(/Name: (GLIBC_[\d.]+)/g, readelf('-V')),
  }
}

t.test('the packed package', { skip, timeout: 240_000 }, async (t) => {
  const folder = t.testdir()
  const { files, installed } = install(folder)

  t.test('carries the program, both addons and its papers, and nothing else', async (t) => {
    const own = ['README.md', 'LICENSE', 'CHANGELOG.md', 'native/LICENSE-BPF.txt', 'package.json']
    for (const file of [...own, 'dist/main.js', 'prebuilds/linux-x64/pktspot.node', ARM64]) {
      t.ok(files.includes(file), file)
    }
    const others = files.filter(
      (file) => !own.includes(file) && !/^(dist|prebuilds\/linux-(x64|arm64))\//.test(file),
    )
    t.same(others, [])
    t.same(
      files.filter((file) => /\.test\.|\.tsbuildinfo/.test(file)),
      [],
    )
  })

  t.test('runs on a machine without a compiler', async (t) => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, 'node'))
    const pktspot = (...args: string[]) =>
      spawnSync(join(dirname(installed), '.bin/pktspot'), args, {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: bin },
      })
    const list = pktspot('list', 'counters', '--json')
    t.equal(list.status, 0, list.stderr)
    const names = (JSON.parse(list.stdout) as { name: string }[]).map(({ name }) => name)
    t.ok(names.includes('SYN'))
    const replay = pktspot('replay', join(packageRoot, 'test/fixtures/demo.pcap'), '--totals')
    t.equal(replay.status, 0, replay.stderr)
    t.ok((JSON.parse(replay.stdout) as { packets: number }).packets > 0)
  })

  t.test('carries addons that need nothing but an old C library', async (t) => {
    for (const [arch, machine] of [
      ['x64', 'Advanced Micro Devices X86-64'],
      ['arm64', 'AArch64'],
    ] as const) {
      const addon = needed(join(installed, `prebuilds/linux-${arch}/pktspot.node`))
      t.equal(addon.machine, machine)
      t.same(addon.libraries, ['libc.so.6'], `${arch}: libraries`)
      const newest = addon.versions.map((version) => Number(version.split('.')[1]))
      t.ok(Math.max(...newest) <= 17, `${arch}: ${addon.versions.join(', ')}`)
    }
  })
})
