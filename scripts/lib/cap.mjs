// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findNpm, installed, runCommand } from './command.mjs'
import { digest, isCurrent, remember } from './stamp.mjs'

const FOLDER = 'node_modules/cap'
const LOG = { stdio: ['ignore', 'ignore', 'ignore'] }

const version = () => `${process.versions.modules} ${process.arch} ${digest([`${FOLDER}/src`])}`

/** Whether npm's cap was installed: a package manager may leave it out. */
export const hasCap = () => existsSync(installed('cap'))

/* Node's own headers beside it; npm would ask the network for them */
function headers() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node.h')) ? [`--nodedir=${prefix}`] : []
}

/** Compiles npm's cap for this Node, which its install script does where such may run; gives whether it is there. */
export function buildCap() {
  const npm = findNpm()
  if (!hasCap() || !npm) return false
  if (isCurrent('cap', version(), [`${FOLDER}/build/Release/cap.node`])) return true
  console.log(`pktspot: building ${FOLDER}`)
  const [command, ...first] = npm
  const rebuild = ['explore', 'cap', '--', 'node-gyp', 'rebuild', ...headers()]
  if (runCommand(command, [...first, ...rebuild], LOG) !== 0) return false
  remember('cap', version())
  return true
}
