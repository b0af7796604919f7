// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { layoutFor } from '../../src/capture/layout.ts'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { loadAddon } from '../../src/native/binding.ts'
import { packageRoot } from '../support/root.ts'

const BUDGET = 32 * 2 ** 20
const layout = layoutFor(loadAddon(), { cpus: 128, budgetBytes: BUDGET, seed: 1n })
const folders = [join(packageRoot, 'test/fixtures'), process.env['PKTSPOT_CAPTURES'] ?? '']
const files = folders
  .filter((folder) => folder !== '')
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => !/\.(?:ts|json|md|tsv)$/.test(path))

async function counted(path: string, tables: number) {
  await using source = await openCaptureFile(path, { tables, bits: layout.bits, seed: layout.seed })
  const { reading } = await source.totals()
  return { slots: reading.slots, distinct: reading.distinct }
}

t.test('tables for 128 CPUs stay within the usual memory', async (t) => {
  t.ok(layout.bytes <= BUDGET, `${layout.bytes} bytes`)
  t.ok(layout.bits >= 12, `p = ${layout.bits}`)
})

t.test(`${files.length} captures, dealt to 128 tables, count as in one`, async (t) => {
  const different: string[] = []
  for (const path of files) {
    const [one, many] = [await counted(path, 1), await counted(path, layout.cpus)]
    if (JSON.stringify([...one.distinct]) !== JSON.stringify([...many.distinct]))
      different.push(path)
    if (one.slots.some((slot, index) => slot !== many.slots[index])) different.push(path)
  }
  t.same(different, [])
})
