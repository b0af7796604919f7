// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { dissect } from './dissect.ts'
import { type SourceSum, writeFlood } from './flood.ts'
import { readCapture } from './read-pcap.ts'

t.test('the capture of a flood holds what its truth says', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-flood-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const path = join(folder, 'flood.pcap')
  const [packets, spoofed] = [20_000, 30_000]
  const truth = writeFlood(path, { packets, spoofed, keys: 500, seed: 3, seconds: 5 })
  const frames = readCapture(await readFile(path))
  const sums = new Map<number, SourceSum>()
  let bytes = 0
  for (const { data, wire = 0 } of frames) {
    const source = Number.parseInt(dissect(data).ip?.source ?? '', 16)
    const before = sums.get(source) ?? { source, packets: 0, bytes: 0 }
    sums.set(source, { source, packets: before.packets + 1, bytes: before.bytes + wire })
    bytes += wire
  }
  t.match(truth, { packets: packets + spoofed, bytes })
  t.equal(frames.length, packets + spoofed)
  t.equal(frames.at(-1)?.at, 1_700_000_004_999_900_000n, 'spread over the seconds')
  const known = [...sums.values()].filter(({ source }) => truth.of(source) !== undefined)
  const others = [...sums.values()].filter(({ source }) => truth.of(source) === undefined)
  t.ok(others.every((sum) => sum.packets === 1) && others.length === spoofed)
  t.ok(
    frames.slice(0, 1000).some(({ wire = 0 }) => wire > 60),
    'both from the beginning',
  )
  for (const by of ['packets', 'bytes'] as const) {
    const sorted = known.toSorted((a, b) => b[by] - a[by] || a.source - b.source)
    t.same(truth.top(100, by), sorted.slice(0, 100), by)
  }
})
