// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/* modules are loaded one by one by a shell that knows no compression */
function plain(file, folder) {
  const name = basename(file).replace(/\.xz$/, '')
  if (!file.endsWith('.xz')) cpSync(file, join(folder, name))
  else {
    const { stdout } = spawnSync('xz', ['-dc', file], { maxBuffer: 2 ** 28 })
    writeFileSync(join(folder, name), stdout)
  }
  return name
}

/**
 * Makes a first file system of busybox, kernel modules and a program `init`; `guest` are variables that init reads.
 */
export function initramfs(folder, { init, modules, guest }) {
  rmSync(folder, { recursive: true, force: true })
  for (const path of ['bin', 'modules']) mkdirSync(join(folder, path), { recursive: true })
  cpSync('/bin/busybox', join(folder, 'bin/busybox'))
  cpSync(init, join(folder, 'init'))
  chmodSync(join(folder, 'init'), 0o755)
  const names = modules.map((file) => plain(file, join(folder, 'modules')))
  writeFileSync(join(folder, 'modules/order'), names.map((name) => `${name}\n`).join(''))
  const variables = Object.entries(guest).map(([name, value]) => `${name}='${value}'\n`)
  writeFileSync(join(folder, 'guest'), variables.join(''))
  const archive = `${folder}.cpio`
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `find . | busybox cpio -o -H newc >'${archive}'`],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`cpio: ${stderr}`)
  return archive
}
