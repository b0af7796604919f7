// SPDX-License-Identifier: Apache-2.0
/* Runs for long what shows in no test: a flood, or an idle link (`npm run soak -- idle`). */
import { runNode } from './lib/command.mjs'
import { compileTests } from './lib/compile.mjs'

const HOUR_SECONDS = '3600'

if (!compileTests()) process.exit(1)
const [name = 'flood'] = process.argv.slice(2)
const env = { ...process.env, TAP_TIMEOUT: HOUR_SECONDS }
process.exitCode = runNode(`build/test/soak/${name}.js`, [], { env })
