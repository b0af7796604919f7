// SPDX-License-Identifier: Apache-2.0
/* Makes a checkout ready: npm dependencies, system packages, addon, dist/. `--test` adds what the tests need.
   Does nothing, in milliseconds, where all is there. Node's own modules only: it runs before npm has installed any. */

import { buildCap, hasCap } from './lib/cap.mjs'
import { findNpm, runCommand } from './lib/command.mjs'
import { compileProduct } from './lib/compile.mjs'
import { dependenciesAreCurrent } from './lib/dependencies.mjs'
import { buildNative, hasPrebuild, nativeIsCurrent, prebuild } from './lib/native.mjs'
import {
  buildNeeds,
  install,
  installLine,
  mayInstall,
  missing,
  testNeeds,
} from './lib/packages.mjs'

function stop(message) {
  console.error(`pktspot: ${message}`)
  process.exit(1)
}

function installDependencies() {
  if (dependenciesAreCurrent() && (hasCap() || !test)) return
  const npm = findNpm()
  if (!npm)
    stop('npm is neither on PATH nor beside Node: install npm 10 or later, then run this again')
  console.log('pktspot: installing npm dependencies (npm ci)')
  const [command, ...first] = npm
  /* the only script that does more than set modes compiles cap, which none but tests need here */
  const flags = ['--include=dev', '--ignore-scripts', '--prefer-offline', '--loglevel=error']
  const args = [...first, 'ci', ...flags]
  if (runCommand(command, args) !== 0) stop('npm ci failed: see its message above')
}

/* gives the needs that stay unmet */
function meet(needs) {
  const unmet = missing(needs)
  return unmet.length > 0 && mayInstall() ? install(unmet) : unmet
}

function buildAddon() {
  const arch = process.arch
  if (nativeIsCurrent(arch)) return
  const unmet = meet(buildNeeds())
  if (unmet.length === 0) {
    if (!buildNative(arch)) stop(`${prebuild(arch)} was not built: see the message above`)
    return
  }
  const lacking = unmet.map((need) => need.what).join(', ')
  if (!hasPrebuild(arch)) {
    stop(
      `cannot build the addon: ${lacking} missing, and no ${prebuild(arch)} is at hand. Run:\n  ${installLine(unmet)}`,
    )
  }
  console.error(
    `pktspot: ${lacking} missing: the addon at hand is used as it is. To build it, run:\n  ${installLine(unmet)}`,
  )
}

if (process.platform !== 'linux') stop('runs on Linux only')
const test = process.argv.includes('--test')
installDependencies()
if (test) {
  const unmet = meet([...buildNeeds(), ...testNeeds()])
  if (unmet.length > 0) {
    const lacking = unmet.map((need) => need.what).join(', ')
    console.error(
      `pktspot: tests that need ${lacking} will be skipped or fail. To have all, run:\n  ${installLine(unmet)}`,
    )
  }
  if (!buildCap()) {
    console.error(
      "pktspot: npm's cap was not built: tests of --source libpcap are skipped. To see why, run:\n  npm rebuild cap --foreground-scripts",
    )
  }
}
buildAddon()
if (!compileProduct()) stop('dist/ was not built: see the messages above')
