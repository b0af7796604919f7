// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from 'tap'
import type { GroupSpec } from '../../src/capture/group-table.ts'
import { handleReader } from '../../src/capture/handle-reader.ts'
import { keptSource } from '../../src/capture/kept.ts'
import type { Counted } from '../../src/capture/open.ts'
import { groupOpener } from '../../src/capture/open-group.ts'
import { CaptureError } from '../../src/errors.ts'
import { loadAddon, loadCatalog } from '../../src/native/binding.ts'
import * as p from '../support/packets.ts'
import { groupSpec } from './group-spec.ts'

const addon = loadAddon()

/** A source of frames handed in, whose interface is gone as soon as windows are asked for. */
function passing(t: Test, specs: readonly GroupSpec[]): Counted & { count(port: number): void } {
  const handle = addon.openFrames(1, 14, 1n)
  t.teardown(() => addon.close(handle))
  const openGroup = groupOpener('gone0', addon, handle)
  return {
    count(port) {
      const segment = p.tcp(1, port, p.FLAG.ack)
      const frame = p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, segment))
      addon.countFrame(handle, 0, frame, frame.length, 0, 0)
    },
    groups: specs.map(openGroup),
    source: {
      name: 'gone0',
      mode: 'tcx',
      catalog: loadCatalog(),
      look: handleReader(addon, handle).look,
      openGroup,
      load: () => ({ packets: 0, nanoseconds: 0, filters: false, groups: false }),
      shed: () => undefined,
      // biome-ignore lint/correctness/useYield: it ends before its first window
      async *windows() {
        throw new CaptureError('INTERFACE_GONE', 'gone0: the interface has vanished.')
      },
      async [Symbol.asyncDispose]() {
        addon.close(handle)
      },
    },
  }
}

t.test('groups go on from where they were when their interface comes back', async (t) => {
  const sources: ReturnType<typeof passing>[] = []
  const open = (specs: readonly GroupSpec[]): Counted => {
    const source = passing(t, specs)
    sources.push(source)
    return source
  }
  const first = open([groupSpec(['l4.dst_port'])])
  const stop = new AbortController()
  const changes: boolean[] = []
  const kept = keptSource(first, {
    reopen(specs) {
      t.equal(specs.length, 2, 'a closed group is not opened again')
      return open(specs)
    },
    onChange({ up }) {
      changes.push(up)
      if (!up) t.same(frames(0), [1n, 2n, 1n], 'nothing is lost with the interface')
      if (!up) table?.promote(2, [99n])
      if (up) stop.abort()
    },
  })
  const [table] = kept.groups
  const later = kept.openGroup(groupSpec(['ip.proto']))
  const closed = kept.openGroup(groupSpec(['ip.proto']))
  closed.close()
  const frames = (from: number) =>
    [0, 1, 2, 3].slice(from, 3).map((row) => table?.look()[2 * row] ?? -1n)
  table?.promote(0, [80n])
  table?.promote(1, [443n])
  for (const port of [80, 80, 443, 7]) sources[0]?.count(port)
  table?.demote(1)
  for await (const _ of kept.windows(1, stop.signal));
  t.same(changes, [false, true])
  for (const port of [80, 443, 7, 99]) sources[1]?.count(port)
  t.same(
    [0, 1, 2, 3].map((row) => table?.look()[2 * row]),
    [3n, 3n, 1n, 1n],
    'promoted keys are promoted again, demoted ones not, nor forgotten those between',
  )
  t.equal(later.look()[0], 8n, 'a group that was opened later goes on too')
  t.same(
    table?.candidates(9, 0).map(({ key }) => key),
    [[7n], [443n]],
  )
  table?.close()
  t.doesNotThrow(() => table?.candidates(1, 0), 'a closed one counts no more')
})
