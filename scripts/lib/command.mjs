// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { root } from './root.mjs'

/* root's tools (bpftool, tcpreplay) live in sbin, which a plain user's PATH leaves out */
const folders = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']

/** Finds an executable on PATH (and in sbin); undefined when there is none. */
export function findCommand(name) {
  for (const folder of folders()) {
    const path = join(folder || '.', name)
    try {
      accessSync(path, constants.X_OK)
      if (statSync(path).isFile()) return path
    } catch {}
  }
  return undefined
}

/** Finds npm on PATH or beside this Node; gives the words that start it, undefined when there is none. */
export function findNpm() {
  const onPath = findCommand('npm')
  if (onPath) return [onPath]
  const bin = dirname(process.execPath)
  for (const cli of ['../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']) {
    try {
      accessSync(join(bin, cli))
      return [process.execPath, join(bin, cli)]
    } catch {}
  }
  return undefined
}

/** Runs a command in the package's folder with our standard streams; gives its exit code, 1 when a signal ended it. */
export function runCommand(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  return status ?? 1
}

/** Runs a script with this Node; gives its exit code. */
export function runNode(script, args = [], options = {}) {
  return runCommand(process.execPath, [join(root, script), ...args], options)
}

/** Path of a file inside an installed package. */
export function installed(path) {
  return join(root, 'node_modules', path)
}
