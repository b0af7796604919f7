// SPDX-License-Identifier: Apache-2.0
/* Builds this machine's addon and dist/ where their sources changed. */
import { compileProduct } from './lib/compile.mjs'
import { buildNative } from './lib/native.mjs'

process.exitCode = buildNative(process.arch) && compileProduct() ? 0 : 1
