// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openKernelDrops } from '../../src/capture/drops/kernel-drops.ts'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { type Addon, type Handle, loadAddon } from '../../src/native/binding.ts'
import { must } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'

const skip = missingPrivilege() ?? false
const addon = loadAddon()
const cpus = skip ? 1 : possibleCpus()
const NO_SOCKET = 3

/** Sends datagrams over a link to a closed port of ours. */
async function knock(namespace: string, address: string, count: number): Promise<void> {
  const script = `for ((i = 0; i < ${count}; i++)); do echo x > /dev/udp/${address}/9; done`
  await must('nsenter', `--net=/run/netns/${namespace}`, 'bash', '-c', script)
}

t.test(
  "without the kernel's types, reasons are numbers and one line says so",
  { skip },
  async (t) => {
    const { namespace, addresses } = await network(t, { addressed: true })
    const drops = await openKernelDrops(addon, { cpus, types: '/nonexistent', warn: t.fail })
    t.teardown(() => drops.close())
    t.equal(drops.atInterface, undefined)
    t.equal(drops.notes.length, 1)
    t.match(drops.notes[0], /^\/nonexistent cannot be read \(ENOENT\)/)
    await knock(namespace, addresses?.here ?? '', 5)
    t.ok((drops.reasons().get(`reason_${NO_SOCKET}`) ?? 0n) >= 5n)
  },
)

t.test('a kernel that lets no program read its memory still gives reasons', { skip }, async (t) => {
  const { namespace, addresses } = await network(t, { addressed: true })
  const strict: Addon = {
    ...addon,
    openDrops(tables, ignored, offsets) {
      if (offsets.length === 0) return addon.openDrops(tables, ignored, offsets)
      throw Object.assign(new Error('BPF_PROG_LOAD: EINVAL'), { step: 'BPF_PROG_LOAD' })
    },
  }
  const drops = await openKernelDrops(strict, { cpus, warn: t.fail })
  t.teardown(() => drops.close())
  t.equal(drops.atInterface, undefined)
  t.match(drops.notes, [/^the kernel lets no program read its memory/])
  await knock(namespace, addresses?.here ?? '', 5)
  t.ok((drops.reasons().get('NO_SOCKET') ?? 0n) >= 5n)
})

t.test(
  'a place is free again when its interface is closed, and begins at nothing',
  { skip },
  async (t) => {
    const { namespace, here, addresses } = await network(t, { addressed: true })
    const warnings: string[] = []
    const drops = await openKernelDrops(addon, { cpus, warn: (line) => warnings.push(line) })
    t.teardown(() => drops.close())
    const index = addon.interfaceIndex(here)
    const open = (ifindex: number) => {
      const target = { ifindex, raw: false }
      const opening = { addon, handle: {} as Handle, name: here, mode: 'tcx', target } as const
      if (!drops.atInterface) throw new Error('interfaces are not told apart')
      return drops.atInterface(opening)
    }
    const read = (sums: ReturnType<typeof open>): bigint => {
      const into = new BigUint64Array(1)
      sums.read(into, false)
      return into[0] ?? -1n
    }
    const first = open(index)
    await knock(namespace, addresses?.here ?? '', 7)
    t.equal(read(first), 7n)
    first.close()
    await knock(namespace, addresses?.here ?? '', 4)
    const second = open(index)
    t.equal(read(second), 0n)
    await knock(namespace, addresses?.here ?? '', 3)
    t.equal(read(second), 3n)
    /* what would go to the same places: as many as there are probes, less the one that is taken */
    const crowd = Array.from({ length: 9 }, () => open(index))
    t.equal(warnings.length, 2)
    t.match(warnings[0], `${here}: too many interfaces`)
    for (const each of crowd) each.close()
  },
)
