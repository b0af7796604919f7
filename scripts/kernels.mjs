// SPDX-License-Identifier: Apache-2.0
/* Boots Debian's older kernels in an emulator, counts on them in every mode and prints a table. `-- 6.1`: one of them. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compileTests } from './lib/compile.mjs'
import { initramfs } from './lib/initramfs.mjs'
import { aptOf, kernelOf, modulesOf } from './lib/kernel-image.mjs'
import { install, kernelNeeds, mayInstall, missing } from './lib/packages.mjs'
import { root } from './lib/root.mjs'

const RELEASES = ['bullseye', 'bookworm', 'trixie']
const SERIES = ['5.10', '6.1', '6.12']
const MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'veth']
const MINUTES = 20

/* gives what the guest told: lines `GUEST {json}` */
async function boot(kernel, archive) {
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35,accel=tcg', '-cpu', 'max', '-smp', '2', '-m', '3072'],
      ...['-nodefaults', '-no-reboot', '-display', 'none', '-serial', 'stdio', '-nic', 'none'],
      ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
      ...['-kernel', kernel.image, '-initrd', archive],
      ...['-append', 'console=ttyS0 quiet panic=-1 rdinit=/init'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: MINUTES * 60_000, killSignal: 'SIGKILL' },
  )
  const told = []
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^GUEST (\{.*\})\s*$/.exec(line)
    if (found) told.push(JSON.parse(found[1]))
    else console.log(`  | ${line}`)
  }
  return told
}

function table(rows) {
  const head = '| kernel | `--source` | counts by | exact | why |\n|---|---|---|---|---|\n'
  const lines = rows.map(({ kernel, source, mode, exact, why }) =>
    [kernel, `\`${source}\``, mode, exact, why].join(' | '),
  )
  return `${head}${lines.map((line) => `| ${line} |\n`).join('')}`
}

const unmet = missing(kernelNeeds())
if (unmet.length > 0 && (!mayInstall() || install(unmet).length > 0)) {
  console.error(`pktspot: ${unmet.map(({ what }) => what).join(', ')} missing`)
  process.exit(1)
}
if (!compileTests()) process.exit(1)
const folder = join(root, 'build-kernels')
mkdirSync(folder, { recursive: true })
const apt = aptOf(folder, RELEASES)
apt('apt-get', '-q', 'update')
const wanted = SERIES.filter((each) => process.argv.length < 3 || process.argv.includes(each))
for (const series of wanted) {
  const kernel = kernelOf(apt, folder, series)
  console.log(`\n${kernel.release}`)
  const archive = initramfs(join(folder, `root-${series}`), {
    init: join(root, 'test/kernels/init.sh'),
    modules: modulesOf(kernel, MODULES),
    guest: { node: process.execPath, program: join(root, 'build/test/kernels/guest.js') },
  })
  const told = await boot(kernel, archive)
  console.log(table(told))
  const good = told.length > 0 && told.every(({ exact }) => exact !== 'no')
  if (!good) process.exitCode = 1
}
