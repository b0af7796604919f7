// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { findCommand, runCommand } from './command.mjs'

const other = process.arch === 'arm64' ? 'x64' : 'arm64'
const gnu = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }
const cross = {
  x64: { compiler: 'gcc-x86-64-linux-gnu', libc: 'libc6-dev-amd64-cross' },
  arm64: { compiler: 'gcc-aarch64-linux-gnu', libc: 'libc6-dev-arm64-cross' },
}

function isUbuntu() {
  try {
    return /^ID(_LIKE)?=.*ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const command = (name, ...packages) => ({
  what: name,
  present: () => findCommand(name) !== undefined,
  packages,
})
const file = (path, ...packages) => ({ what: path, present: () => existsSync(path), packages })

/** What building the addon and the kernel program needs. */
export const buildNeeds = () => [
  command(process.env.CC ?? 'cc', 'gcc'),
  file('/usr/include/stdio.h', 'libc6-dev'),
  command(process.env.CLANG ?? 'clang', 'clang'),
]

/* clang is packaged without the libraries of its fuzzer and sanitizers */
const fuzzer = () => {
  const library = `libclang_rt.fuzzer-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.a`
  const { stdout } = spawnSync(process.env.CLANG ?? 'clang', [`-print-file-name=${library}`], {
    encoding: 'utf8',
  })
  return existsSync(stdout?.trim() ?? '')
}

/** What the tests, the benchmarks and the other architecture's addon need besides. */
export const testNeeds = () => [
  /* Ubuntu keeps bpftool with its kernels' tools */
  isUbuntu()
    ? command('bpftool', 'linux-tools-common', 'linux-tools-generic')
    : command('bpftool', 'bpftool'),
  command('tcpreplay', 'tcpreplay'),
  command('tcpdump', 'tcpdump'),
  command('promtool', 'prometheus'),
  ...['amtool', 'prometheus-alertmanager'].map((name) => command(name, 'prometheus-alertmanager')),
  ...['podman', 'buildah', 'runc', 'conmon', 'mmdebstrap'].map((name) => command(name, name)),
  file('/usr/lib/podman/netavark', 'netavark'),
  command('systemd-analyze', 'systemd'),
  command('ip', 'iproute2'),
  command('ethtool', 'ethtool'),
  command('ping', 'iputils-ping'),
  ...['jq', 'iperf3'].map((name) => command(name, name)),
  ...['tmux', 'chromium', 'curl', 'openssl'].map((name) => command(name, name)),
  command('setcap', 'libcap2-bin'),
  ...['nsenter', 'setpriv', 'taskset'].map((name) => command(name, 'util-linux')),
  ...['ps', 'sysctl'].map((name) => command(name, 'procps')),
  command('readelf', 'binutils'),
  file('/usr/include/pcap/pcap.h', 'libpcap-dev'),
  { what: 'clang with its fuzzer', present: fuzzer, packages: ['libclang-rt-dev'] },
  ...['g++', 'make', 'python3'].map((name) => command(name, name)),
  command(`${gnu[other]}-gcc`, cross[other].compiler),
  file(`/usr/${gnu[other]}/include/stdio.h`, cross[other].libc),
  command(`qemu-${other === 'arm64' ? 'aarch64' : 'x86_64'}-static`, 'qemu-user-static'),
]

/** What counting on older kernels in an emulator needs. */
export const kernelNeeds = () => [
  command('qemu-system-x86_64', 'qemu-system-x86'),
  command('busybox', 'busybox-static'),
  command('depmod', 'kmod'),
  command('xz', 'xz-utils'),
]

/** Those of the needs that this machine does not meet. */
export const missing = (needs) => needs.filter((need) => !need.present())

/** Packages that meet the needs. */
export const packagesOf = (needs) => [...new Set(needs.flatMap((need) => need.packages))]

/** Whether set-up may install system packages: root on an apt system. */
export const mayInstall = () => process.getuid?.() === 0 && findCommand('apt-get') !== undefined

/** The one line that a person runs where set-up may not install. */
export function installLine(needs) {
  const names = packagesOf(needs).join(' ')
  return findCommand('apt-get')
    ? `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names}`
    : `install with the system's package manager what Debian calls: ${names}`
}

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
const apt = (...args) =>
  runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })

function unknown(packages) {
  return packages.filter((name) => {
    const { stdout } = spawnSync('apt-cache', ['policy', name], {
      encoding: 'utf8',
      env: { ...env, LC_ALL: 'C' },
    })
    return !/^ {2}Candidate: (?!\(none\))/m.test(stdout)
  })
}

const listsAreEmpty = () =>
  !existsSync('/var/lib/apt/lists') ||
  !readdirSync('/var/lib/apt/lists').some((name) => /_(Packages|InRelease)(\.|$)/.test(name))

/** Installs what meets the needs; gives the needs that are still unmet. Call only where `mayInstall()`. */
export function install(needs) {
  const wanted = packagesOf(needs)
  console.log(`pktspot: installing system packages: ${wanted.join(' ')}`)
  let updated = false
  if (listsAreEmpty() || unknown(wanted).length > 0) {
    apt('update')
    updated = true
  }
  const absent = unknown(wanted)
  if (absent.length > 0) console.error(`pktspot: not on offer here: ${absent.join(' ')}`)
  const names = wanted.filter((name) => !absent.includes(name))
  const attempt = () => apt('install', '-y', '--no-install-recommends', ...names)
  /* lists that are there but old name versions that are gone */
  if (names.length > 0 && attempt() !== 0 && !updated) {
    apt('update')
    attempt()
  }
  const services = names.filter((name) => name.startsWith('prometheus'))
  if (services.length > 0 && existsSync('/run/systemd/system')) {
    console.log(`pktspot: stopping ${services.join(', ')}: only their tools are wanted`)
    runCommand('systemctl', ['disable', '--now', ...services.map((name) => `${name}.service`)])
  }
  return missing(needs)
}
