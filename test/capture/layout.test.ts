// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { layoutFor } from '../../src/capture/layout.ts'
import { loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from './group-spec.ts'

const addon = loadAddon()
const MEBIBYTE = 2 ** 20
const groups = [
  groupSpec(['ip.src'], { slots: 40 }),
  groupSpec(['ip.proto', 'l4.dst_port'], { slots: 40 }),
  groupSpec(['ip.version'], { slots: 3, tracked: 0 }),
  groupSpec(['l4.dst_port'], { slots: 40, uniques: [0], uniqueBits: 12 }),
]

t.test('tables and groups hold the budget, on 2 CPUs or 128', async (t) => {
  for (const cpus of [1, 2, 16, 128]) {
    for (const budgetBytes of [32 * MEBIBYTE, 64 * MEBIBYTE]) {
      const layout = layoutFor(addon, { cpus, budgetBytes, groups })
      const { bytes, groupBytes } = layout
      t.ok(bytes + groupBytes <= budgetBytes, `${cpus} CPUs: ${bytes} and ${groupBytes} bytes`)
      t.ok(groupBytes <= layout.groupBudget && layout.groupBudget <= budgetBytes / 3)
      t.ok(bytes + layout.groupBudget <= budgetBytes, 'what groups may take later fits as well')
      t.ok(layout.groups.every(({ tracked }) => tracked === 0 || tracked >= 64))
    }
  }
})

t.test('what is plenty stays as it is asked for', async (t) => {
  const { groups: fitted, bits } = layoutFor(addon, { cpus: 2, budgetBytes: 32 * MEBIBYTE, groups })
  t.same(fitted, groups)
  t.equal(bits, addon.sizes(0).bitsMax)
})

t.test('candidates are halved, the largest group first, then precision goes', async (t) => {
  const budgetBytes = 32 * MEBIBYTE
  const many = layoutFor(addon, { cpus: 128, budgetBytes, groups })
  t.ok(many.groups.every(({ tracked }) => [0, 64, 128, 256, 512].includes(tracked)))
  t.ok((many.groups[3]?.uniqueBits ?? 0) < 12)
  t.throws(() => layoutFor(addon, { cpus: 128, budgetBytes: 8 * MEBIBYTE, groups }), {
    code: 'MEMORY_BUDGET',
  })
})
