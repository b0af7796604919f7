// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { handleReader } from '../../src/capture/handle-reader.ts'
import { loadAddon, loadCatalog } from '../../src/native/binding.ts'
import { BUSY, HUGE, observed, report } from '../exporters/fixture.ts'
import { all } from '../fixtures/fixtures.ts'
import { latestOf, type Serving, serveLatest } from './serving.ts'

interface CountersJson {
  readonly interface: string
  readonly time: string
  readonly lost: number | null
  readonly counters: Readonly<Record<string, number | null>> | null
}

async function counters(serving: Serving, query = ''): Promise<CountersJson[]> {
  const { text } = await serving.ask(`/api/v1/counters${query}`)
  return (JSON.parse(text) as { counters: CountersJson[] }).counters
}

t.test('reads every packet so far in the middle of a window', async (t) => {
  const addon = loadAddon()
  const handle = addon.openFrames(1, 14, 1n)
  const { look } = handleReader(addon, handle)
  const source = observed('eth0', { catalog: loadCatalog(), look })
  await using serving = await serveLatest(latestOf({ sources: [source] }))
  let packets = 0
  let bytes = 0
  for (const { data } of [...all()].slice(0, 100)) {
    addon.countFrame(handle, 0, data, data.length, 1, 0)
    packets++
    bytes += data.length
    if (packets % 10 !== 1) continue
    const [only] = await counters(serving)
    t.match(only?.counters, { PKTS: packets, BYTES: bytes }, `after ${packets} packets`)
  }
  t.ok(packets > 20)
  addon.close(handle)
})

t.test('keeps every digit of a number that a double would round', async (t) => {
  await using serving = await serveLatest(latestOf())
  const { text } = await serving.ask('/api/v1/counters')
  t.match(text, `"BYTES":${HUGE}`)
  t.match(text, '"SOURCE_TIME":1700000000123456789')
  t.match(text, '"histograms":{"SIZES":{"bounds":[64,1518],"counts":[5,6,1]}}')
})

t.test('tells what was distinct in the last full window, and nothing before it', async (t) => {
  const latest = latestOf()
  await using serving = await serveLatest(latest)
  const distinct = async () => (await counters(serving))[0]?.counters?.['NB_UNIQ_SRC_ADDR']
  t.equal(await distinct(), null)
  latest.publish(report('eth0'))
  t.equal(await distinct(), 7)
})

t.test('tells each interface by itself, one that cannot be read as null', async (t) => {
  const look = () => {
    throw new Error('closed')
  }
  const sources = [observed('eth0', { look }), observed('eth1')]
  await using serving = await serveLatest(latestOf({ sources }))
  const before = Date.now()
  const [first, second, ...more] = await counters(serving)
  t.match(first, { interface: 'eth0', lost: null, counters: null })
  t.match(second, { interface: 'eth1', lost: Number(BUSY.lost), counters: { PKTS: 12 } })
  t.ok(Date.parse(second?.time ?? '') >= before)
  t.equal(more.length, 0)
  t.same(
    (await counters(serving, '?interface=eth1')).map((each) => each.interface),
    ['eth1'],
  )
})
