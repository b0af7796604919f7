// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { must } from '../support/command.ts'
import { missingCap, usualModes } from '../support/modes.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { fixtureSums, type Sums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const modes = [...usualModes, ...(missingCap() === undefined ? ['libpcap'] : [])]

interface Attached {
  /** Words of `ip -details link show` for the kind of attachment. */
  readonly words: string
  /** Names of the maps of the program there. */
  readonly maps: readonly string[]
}

/** What `ip` and `bpftool` tell of the XDP program on an interface; undefined when there is none. */
async function attached(device: string): Promise<Attached | undefined> {
  const text = await must('ip', '-details', 'link', 'show', 'dev', device)
  const [, words, id] = /\b(xdp\w*)\b[\s\S]*\bprog\/xdp id (\d+)/.exec(text) ?? []
  if (words === undefined || id === undefined) return undefined
  const program = await must('bpftool', '--json', 'prog', 'show', 'id', id)
  const { map_ids: maps } = JSON.parse(program) as { map_ids: readonly number[] }
  const names = maps.map(async (map) => {
    const shown = await must('bpftool', '--json', 'map', 'show', 'id', String(map))
    return (JSON.parse(shown) as { name: string }).name
  })
  return { words, maps: await Promise.all(names) }
}

for (const [mode, words] of [
  ['xdp', 'xdp'],
  ['xdp-generic', 'xdpgeneric'],
] as const) {
  t.test(
    `${mode} shows its program and map to ip and bpftool while it runs`,
    { skip },
    async (t) => {
      const { here } = await network(t)
      t.equal(await attached(here), undefined, 'not before')
      const running = await startRun(t, ['-i', here, '--source', mode])
      const found = await attached(here)
      t.equal(found?.words, words)
      t.ok(found?.maps.includes('pktspot_tables'), `maps: ${found?.maps}`)
      t.same(await running.stop(), { code: 0, signal: null })
      t.equal(await attached(here), undefined, 'not after')
    },
  )
}

for (const mode of modes) {
  t.test(`the log names the interface and ${mode}`, { skip }, async (t) => {
    const { here } = await network(t)
    const running = await startRun(t, ['-i', here, '--source', mode])
    const lines = running.log.filter((line) => line.includes('counting packets on'))
    t.equal(lines.length, 1)
    const { msg, mode: told } = JSON.parse(lines[0] ?? '{}') as { msg: string; mode: string }
    t.same({ msg, told }, { msg: `counting packets on ${here} by ${mode}`, told: mode })
  })
}

t.test('every sum and size is listed before the first packet, at 0', { skip }, async (t) => {
  const { here } = await network(t)
  const running = await startRun(t, ['-i', here, '--source', 'xdp'])
  t.same(scrapedSums(await running.scrape(), here), fixtureSums(0))
})

t.test('protocol classes are right, and frames cut short are counted', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here, '--source', 'xdp'])
  const { packets } = await link.send(FIXTURE)
  const read = async (): Promise<Sums> => scrapedSums(await running.scrape(), link.here)
  const sums = await settled(read, packets)
  const truth = fixtureSums()
  const classes = ['TCP', 'UDP', 'ICMP', 'ICMP6', 'OTHER_L4', 'FRAG_LATER', 'ARP', 'OTHER_L3']
  const cut = ['MALFORMED_ETH', 'MALFORMED_IP4', 'MALFORMED_IP6', 'TCP_SHORT', 'UDP_SHORT']
  for (const name of [...classes, ...cut]) {
    t.ok((truth[name] ?? 0) > 0, `the fixture has ${name}`)
    t.equal(sums[name], truth[name], name)
  }
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (sums[name] ?? Number.NaN), 0)
  t.equal(sum(classes), packets, 'each frame is in one class')
  t.equal((await running.get('/-/healthy')).status, 200)
})
