// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os'
import t, { type Test } from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import type { Source } from '../../src/capture/source.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { usualModes } from '../support/modes.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { fixtureSums, type Sums, scrapedSums, settled, sourceSums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const expected = fixtureSums(100)
const packets = expected['PKTS'] ?? 0

async function open(t: Test, device: string, mode: LiveMode): Promise<Source> {
  const { source } = await openInterface(device, { source: mode, budgetBytes: 32 * 2 ** 20 })
  t.equal(source.mode, mode)
  return source
}

const counted = new Map<string, Sums>()

for (const mode of usualModes) {
  t.test(`${mode} counts the fixture, sent a hundred times, exactly`, { skip }, async (t) => {
    const link = await network(t)
    await using source = await open(t, link.here, mode)
    t.same(await link.send(FIXTURE, { loop: 100 }), { packets, refused: 0 })
    const sums = await settled(() => sourceSums(source), packets)
    t.same(sums, expected)
    t.equal(source.look().lost, 0n, 'nothing is lost')
    counted.set(mode, sums)
  })
}

t.test('the program shows the fixture, sent a hundred times, exactly', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  t.same(await link.send(FIXTURE, { loop: 100 }), { packets, refused: 0 })
  const read = async (): Promise<Sums> => scrapedSums(await running.scrape(), link.here)
  const sums = await settled(read, packets)
  t.same(sums, expected)
  const lost = sample(await running.scrape(), 'pktspot_source_lost_packets_total')
  t.equal(lost, 0, 'nothing is lost')
  counted.set('/metrics', sums)
})

t.test('every mode and /metrics give the same counts', { skip }, async (t) => {
  t.same([...counted.keys()], [...usualModes, '/metrics'])
  for (const [mode, sums] of counted) t.same(sums, counted.get('xdp'), `${mode} as xdp`)
})

for (const mode of usualModes) {
  const reason = skip || (availableParallelism() < 2 && 'needs two CPUs')
  t.test(`${mode} loses nothing of two senders on two CPUs`, { skip: reason }, async (t) => {
    const link = await network(t, { queues: 2 })
    await using source = await open(t, link.here, mode)
    const send = (cpu: number) => link.send(FIXTURE, { loop: 10, cpu })
    let total = 0
    for (let round = 1; round <= 20; round++) {
      const sent = await Promise.all([send(0), send(1)])
      total += sent[0].packets + sent[1].packets
      const sums = await settled(() => sourceSums(source), total)
      if (!t.equal(sums['PKTS'], total, `round ${round}`)) return
    }
    t.same(sourceSums(source), fixtureSums(20 * 2 * 10))
    t.equal(source.look().lost, 0n, 'nothing is lost')
  })
}
