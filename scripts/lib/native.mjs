// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from './command.mjs'
import { root } from './root.mjs'
import { digest, isCurrent, remember } from './stamp.mjs'

/** Path of an architecture's addon, from the package's folder. */
export const prebuild = (arch) => `prebuilds/linux-${arch}/pktspot.node`

const sources = () =>
  digest(['native', 'scripts/native', 'node_modules/node-api-headers/package.json'], ['native/gen'])

/** Whether an architecture's addon was built from the present sources. */
export function nativeIsCurrent(arch) {
  return isCurrent(`native-${arch}`, sources(), [prebuild(arch)])
}

/** Whether there is an addon of any age for an architecture: packaged, or built earlier. */
export function hasPrebuild(arch) {
  return existsSync(join(root, prebuild(arch)))
}

/** Builds an architecture's addon when its sources changed; gives whether it is there. */
export function buildNative(arch) {
  if (nativeIsCurrent(arch)) return true
  console.log(`pktspot: building ${prebuild(arch)}`)
  if (runNode('scripts/native/build.mjs', ['--arch', arch]) !== 0) return false
  remember(`native-${arch}`, sources())
  return true
}
