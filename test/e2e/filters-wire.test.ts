// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { type Handle, HOOK, loadAddon } from '../../src/native/binding.ts'
import { cellsOf, counting, mustCompile } from '../support/filter-counts.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { packageRoot } from '../support/root.ts'

const skip = missingPrivilege() ?? false
const fixture = join(packageRoot, 'test/fixtures/all.pcap')
const addon = loadAddon()
const TEXTS = [
  '',
  'vlan',
  'vlan and tcp',
  'vlan and vlan',
  'tcp',
  'ether[12:2] = 0x8100',
  'ether[12:2] = 0x88a8',
  'ether[14:2] & 0xfff > 10',
  'ether[11:2] & 1 = 0',
  'ether[13:4] > 0x10000000',
  'ether[15:4] > 0x10000000',
  'ether[16:2] = 0x0800',
  'ether[ether[15] % 20:2] > 5000',
  'len > 80',
  'ether[len - 1] = 0',
  'ether[300] >= 0',
]

/* Each has a link of its own: behind generic XDP this kernel hands tcx frames without their link header. */
const SOURCES: Readonly<Record<string, (index: number) => Handle>> = {
  tcx: (index) => kernel(index, HOOK.tcx, false),
  'xdp-generic': (index) => kernel(index, HOOK['xdp-generic'], true),
  'packet-socket': (index) => addon.openPacketSocket(index, 2 ** 22, 12, 1n, false),
}

function kernel(index: number, hook: number, frags: boolean): Handle {
  const source = addon.openKernel(hook, possibleCpus(), 12, 1n, frags, false)
  addon.attachKernel(source, index)
  return source
}

t.test('received frames are filtered as on the wire, tags included', { skip }, async (t) => {
  const programs = counting(await mustCompile(TEXTS))
  const frames = readCapture(await readFile(fixture))
  const own = addon.openFrames(1, 12, 1n)
  t.teardown(() => addon.close(own))
  await addon.setFilters(own, 1, programs)
  for (const { data } of frames) addon.countFrame(own, 0, data, data.length, 0, 0)
  const truth = cellsOf(addon, own, TEXTS.length)
  t.ok(truth.filter((count) => count > 0 && count < frames.length).length > 10)
  for (const [name, open] of Object.entries(SOURCES)) {
    const link = await network(t)
    const source = open(addon.interfaceIndex(link.here))
    t.teardown(() => addon.close(source))
    await addon.setFilters(source, 1, programs)
    t.equal((await link.send(fixture)).packets, frames.length)
    for (let tries = 0; tries < 50 && cellsOf(addon, source, 1)[0] !== frames.length; tries++) {
      await sleep(20)
    }
    t.same(cellsOf(addon, source, TEXTS.length), truth, name)
  }
})
