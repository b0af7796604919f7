// SPDX-License-Identifier: Apache-2.0
/* Kernels of other Debian releases, fetched beside this machine's own apt. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = '/etc/apt/sources.list.d'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/* the mirror that this machine's Debian comes from */
function mirror() {
  const files = [
    '/etc/apt/sources.list',
    ...readdirSync(SOURCES).map((name) => join(SOURCES, name)),
  ].filter((file) => existsSync(file))
  const addresses = files.flatMap((file) => readFileSync(file, 'utf8').match(/https?:\S+/g) ?? [])
  const found = addresses.find((address) => /\/debian\/?$/.test(address))
  if (!found) throw new Error(`${SOURCES}: no Debian mirror`)
  return found
}

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`)
  return stdout
}

/** Opens an apt that knows releases by their code names only, with its state in a folder. */
export function aptOf(folder, releases) {
  for (const path of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  const lines = releases.map((name) => `deb [signed-by=${KEYRING}] ${mirror()} ${name} main`)
  writeFileSync(join(folder, 'sources.list'), `${lines.join('\n')}\n`)
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  }
  const file = join(folder, 'apt.conf')
  const text = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`)
  writeFileSync(file, text.join(''))
  const env = { ...process.env, APT_CONFIG: file }
  return (command, ...args) => run(command, args, { cwd: folder, env })
}

/** Fetches and unpacks the newest kernel of a series such as `5.10`; gives its release and folder. */
export function kernelOf(apt, folder, series) {
  const pattern = `^linux-image-${series.replaceAll('.', '\\.')}\\.[0-9.]+[-+](deb1[0-9]|[0-9]+)-amd64$`
  const names = apt('apt-cache', 'search', '--names-only', pattern)
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((name) => name.startsWith('linux-image-'))
  const name = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  if (!name) throw new Error(`no kernel ${series} is on offer`)
  const unpacked = join(folder, name)
  if (!existsSync(unpacked)) {
    apt('apt-get', '-q', 'download', name)
    const archive = readdirSync(folder).find((file) => file.startsWith(`${name}_`))
    run('dpkg', ['-x', join(folder, archive), unpacked])
  }
  const release = name.replace('linux-image-', '')
  const modules = join(unpacked, existsSync(join(unpacked, 'usr/lib/modules')) ? 'usr' : '')
  run('depmod', ['-b', modules, release])
  return { release, image: join(unpacked, 'boot', `vmlinuz-${release}`), modules }
}

/** Files of some modules and of those that they need, in the order in which they are loaded. */
export function modulesOf({ release, modules }, names) {
  const files = names.flatMap((name) =>
    run('modprobe', ['-d', modules, '-S', release, '--show-depends', name])
      .split('\n')
      .filter((line) => line.startsWith('insmod '))
      .map((line) => line.split(' ')[1]),
  )
  return [...new Set(files)]
}
