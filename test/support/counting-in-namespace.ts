// SPDX-License-Identifier: Apache-2.0
/* Counts on an interface of the network namespace it is run in; writes its sums for every line it reads. */
import { createInterface } from 'node:readline'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import { sourceSums } from './sums.ts'

const [device = '', mode = 'tcx'] = process.argv.slice(2)
const { source } = await openInterface(device, {
  source: mode as LiveMode,
  budgetBytes: 32 * 2 ** 20,
  transmit: true,
})
process.stdout.write('counting\n')
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(sourceSums(source))}\n`)
}
await source[Symbol.asyncDispose]()
