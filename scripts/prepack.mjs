// SPDX-License-Identifier: Apache-2.0
/* Builds all that the package carries: dist/ and the addon for both architectures. */
import { compileProduct } from './lib/compile.mjs'
import { buildNative } from './lib/native.mjs'

const built = ['x64', 'arm64'].every((arch) => buildNative(arch)) && compileProduct()
process.exitCode = built ? 0 : 1
