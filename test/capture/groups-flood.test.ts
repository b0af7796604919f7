// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { GroupTable } from '../../src/capture/group-table.ts'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { type FloodTruth, writeFlood } from '../support/flood.ts'
import { groupSpec } from './group-spec.ts'

const SEED = 20_101_030
const [PACKETS, SPOOFED] = [1_000_000, 5_000_000]
const WANTED = 100
const PROMOTED = 8

/** An IPv4 address as words of a key: in its mapped form, RFC 4291 section 2.5.5.2. */
function keyOf(source: number): readonly bigint[] {
  return [0n, (0xffffn << 32n) | BigInt(source)]
}

/** How many of the greatest candidates are among the truly greatest, or as great as the last of these. */
function recall(table: GroupTable, truth: FloodTruth, by: 'packets' | 'bytes'): number {
  const least = truth.top(WANTED, by).at(-1)?.[by] ?? 0
  const found = table.candidates(WANTED, by === 'packets' ? 0 : 1)
  return found.filter(({ key }) => {
    const sum = truth.of(Number((key[1] ?? 0n) & 0xffff_ffffn))
    return (sum?.[by] ?? 0) >= least
  }).length
}

t.test('a flood of spoofed sources changes neither the top 100 nor the memory', async (t) => {
  t.comment(`seed ${SEED}`)
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-flood-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const path = join(folder, 'flood.pcap')
  const truth = writeFlood(path, { packets: PACKETS, spoofed: SPOOFED, seed: SEED })
  await using source = await openCaptureFile(path)
  const byPackets = source.openGroup(groupSpec(['ip.src']))
  const byBytes = source.openGroup(groupSpec(['ip.src'], { rank: 1 }))
  const promoted = source.openGroup(groupSpec(['ip.src'], { slots: PROMOTED }))
  const greatest = truth.top(PROMOTED, 'packets')
  for (const [slot, sum] of greatest.entries()) promoted.promote(slot, keyOf(sum.source))
  const tables = [byPackets, byBytes, promoted]
  const before = tables.map((table) => table.fill().bytes)
  const start = performance.now()
  await source.totals()
  const seconds = (performance.now() - start) / 1000

  t.comment(`${((PACKETS + SPOOFED) / seconds / 1e6).toFixed(1)} M packets/s into three groups`)
  for (const [table, by] of [
    [byPackets, 'packets'],
    [byBytes, 'bytes'],
  ] as const) {
    const found = recall(table, truth, by)
    t.comment(`by ${by}: recall ${found} of ${WANTED}, error ${table.fill().error}`)
    t.ok(found >= 0.99 * WANTED, `recall by ${by}`)
  }
  const rows = [...promoted.look()]
  const exact = greatest.flatMap((sum) => [BigInt(sum.packets), BigInt(sum.bytes)])
  t.same(rows.slice(2), exact, 'promoted keys are exact')
  const total = [0, 1].map((cell) =>
    rows.reduce((sum, n, at) => (at % 2 === cell ? sum + n : sum), 0n),
  )
  t.same(total, [BigInt(truth.packets), BigInt(truth.bytes)], 'other and the keys are the total')
  t.same(
    tables.map((table) => table.fill().bytes),
    before,
    'memory',
  )
  t.ok(tables.every((table) => table.fill().tracked <= table.fill().room))
  for (const table of tables) table.close()
})
