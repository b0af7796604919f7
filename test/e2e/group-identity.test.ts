// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GroupSpec, GroupTable } from '../../src/capture/group-table.ts'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { groupOpener } from '../../src/capture/open-group.ts'
import { HOOK, loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { numbers } from '../support/bytes.ts'
import { mutate, SHORTEST } from '../support/frames.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { packageRoot } from '../support/root.ts'

const skip = missingPrivilege() ?? false
const CHOSEN = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const MUTANTS = 20_000
const addon = loadAddon()
const fields = addon.keyFields()
const index = (name: string): number => fields.find((each) => each.name === name)?.index ?? -1

/** Classes of protocols: TCP, UDP, and the rest in other. */
const classes = new Uint8Array(256).fill(255)
classes.set([0], 6)
classes.set([1], 17)

/** Together every field, every kind of key and every kind of cell; no more groups than a source can count. */
const SPECS: readonly GroupSpec[] = [
  ...fields.map(({ name }) => groupSpec([name])),
  groupSpec(['ip.src', 'ip.dst', 'ip.proto', 'l4.src_port', 'l4.dst_port'], { prefix4: 30 }),
  groupSpec(['eth.src', 'vlan.id', 'eth.type', 'ip.version', 'frame.len'], { rank: 1 }),
  groupSpec(['ip.ttl', 'tcp.flags', 'ip.proto', 'l4.server_port', 'l4.dst_port']),
  groupSpec(['ip.dst'], { prefix6: 20, layers: 1 << 3 }),
  groupSpec(['ip.proto'], { classes }),
  groupSpec(['ip.version'], {
    adds: ['frames', 'bytes', index('ip.ttl'), index('frame.len'), index('l4.dst_port')],
    rank: 3,
    extremes: [
      { value: 'bytes', keep: 'max' },
      { value: index('ip.ttl'), keep: 'min' },
      { value: index('tcp.flags'), keep: 'max' },
    ],
    uniques: [index('l4.src_port'), index('ip.src')],
    uniqueBits: 8,
  }),
]

/** Tables of the same groups in the kernel and in user space, fed alike. */
function pair(t: Test, hook: 'xdp' | 'tcx', specs: readonly GroupSpec[]) {
  const cpus = possibleCpus()
  const kernel = addon.openKernel(HOOK[hook], cpus, 14, 1n, hook === 'xdp', false)
  const own = addon.openFrames(1, 14, 1n)
  t.teardown(() => {
    addon.close(kernel)
    addon.close(own)
  })
  const open = [
    groupOpener(hook, addon, kernel, { bytes: 2 ** 30, cpus }),
    groupOpener('frames', addon, own),
  ]
  return {
    tables: specs.map((spec) => open.map((each) => each(spec))),
    count(frame: Uint8Array): void {
      addon.testKernel(kernel, frame, 1)
      addon.countFrame(own, 0, frame, frame.length, 0, 0)
    },
  }
}

/** What differs between the two tables of a group. */
function difference(t: Test, pair: readonly GroupTable[], what: string): void {
  const [kernel, own] = pair.map((table) => ({
    cells: [...table.look()],
    cut: table.cut(),
    candidates: table.candidates(4096, 0),
    held: [table.fill().tracked, table.fill().evictions, table.fill().error],
  }))
  t.same(kernel, own, what)
}

async function fixtureFrames(): Promise<Uint8Array[]> {
  const folder = join(packageRoot, 'test/fixtures')
  const names = (await readdir(folder)).filter((name) => /^(all|odd)\.pcap$/.test(name))
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))))
  return files.flatMap((file) => readCapture(file).map(({ data }) => data))
}

/** The kernel makes no test run over these: bpf_prog_test_run_skb in net/bpf/test_run.c. */
function isRunnable(frame: Uint8Array): boolean {
  const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0)
  const whole = { 2048: 20, 34525: 40 }[type] ?? 0
  return frame.length >= SHORTEST + whole && frame.length <= 3700
}

for (const hook of ['xdp', 'tcx'] as const) {
  t.test(`${hook} counts groups as user space does, seed ${CHOSEN}`, { skip }, async (t) => {
    t.comment(`PKTSPOT_TEST_SEED=${CHOSEN} repeats this run`)
    const random = numbers(CHOSEN)
    const valid = (await fixtureFrames()).filter(isRunnable)
    for (let first = 0; first < SPECS.length; first += 16) {
      const specs = SPECS.slice(first, first + 16)
      const { tables, count } = pair(t, hook, specs)
      for (const frame of valid) count(frame)
      tables.forEach((pair, at) => {
        const names = specs[at]?.fields.map((field) => fields[field]?.name).join(' ')
        t.ok((pair[0]?.look()[0] ?? 0n) > 0n, `${names}: counted`)
        difference(t, pair, `${names}: alike, every key in other`)
        const keys = pair[0]?.candidates(8, 0).map(({ key }) => key) ?? []
        for (const table of pair) keys.forEach((key, slot) => void table.promote(slot, key))
      })
      for (const frame of valid) count(frame)
      /* every key of a mutated address would be new: only those that have slots must be alike */
      for (const table of tables.flat()) table.clear()
      for (let round = 0; round < MUTANTS; round++) {
        const frame = mutate(
          valid[Math.floor(random() * valid.length)] ?? valid[0] ?? classes,
          random,
        )
        if (isRunnable(frame)) count(frame)
      }
      for (const [at, pair] of tables.entries()) {
        const [kernel, own] = pair.map((table) => [[...table.look()], table.cut()])
        const cells = kernel?.[0] as bigint[]
        t.ok(cells.some((cell, at) => at >= (specs[0]?.adds.length ?? 2) && cell > 0n))
        t.same(kernel, own, `group ${first + at}: rows, extremes and distinct values are alike`)
      }
    }
  })
}
