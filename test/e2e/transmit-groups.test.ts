// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { openInterface } from '../../src/capture/open.ts'
import { planGroups } from '../../src/commands/run-groups.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { command, must } from '../support/command.ts'
import { differences } from '../support/compare.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { fixtureSums, settled, sourceSums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const MODES: readonly LiveMode[] = ['tcx', 'packet-socket']
const PINGS = 20
const BUDGET = 32 * 2 ** 20
const ECHO = { request: 8n, reply: 0n }

const spec = groupSpec(['icmp.type'])
const SPECS = [
  spec,
  { ...spec, direction: 'transmit' as const },
  { ...spec, direction: 'both' as const },
]

for (const mode of MODES) {
  t.test(`${mode}: a group counts what its direction says`, { skip }, async (t) => {
    const link = await network(t, { addressed: true })
    const options = { source: mode, budgetBytes: BUDGET, transmit: true, groups: SPECS }
    const { source, groups } = await openInterface(link.here, options)
    await using _ = source
    const later = source.openGroup({ ...spec, direction: 'both' })
    const all = [...groups, later]
    const ping = () =>
      command('ping', ['-c', String(PINGS), '-i', '0.01', '-q', link.addresses?.there ?? ''])
    t.equal((await ping()).code, 0)
    await settled(() => sourceSums(source), PINGS)
    const frames = () =>
      all.map((table) =>
        Object.fromEntries(
          table.candidates(10, 0).map(({ key, adds }) => [String(key[0]), Number(adds[0])]),
        ),
      )
    const [requests, replies] = [String(ECHO.request), String(ECHO.reply)]
    const both = { [requests]: PINGS, [replies]: PINGS }
    t.same(frames(), [{ [replies]: PINGS }, { [requests]: PINGS }, both, both])

    for (const table of all) table.promote(0, [ECHO.request])
    await ping()
    await settled(() => sourceSums(source), 2 * PINGS)
    const cells = all.map((table) => {
      const rows = table.look()
      return [0, table.spec.adds.length].map((at) => Number(rows[at]))
    })
    t.same(
      cells,
      [
        [2 * PINGS, 0],
        [PINGS, PINGS],
        [3 * PINGS, PINGS],
        [3 * PINGS, PINGS],
      ],
      'a promoted key counts in the directions of its group, and every frame is in one row',
    )
  })
}

t.test(
  'what a socket sends is counted exactly, tags and filters of groups',
  { skip },
  async (t) => {
    const link = await network(t)
    const text = `counter_groups:
  - control: { guid: "{5A1E7B60-1111-4222-8333-123456789ABC}", name: sent, description: Sent, direction: transmit }
    filter: vlan
    key: { fields: [vlan.id] }
    meters: [[0, COUNTER, 10, 0, Packets, packets, Pkts]]
`
    const settings = loadSettings({ flags: {}, env: {}, file: { path: 'c.yaml', text } })
    const planned = await planGroups(settings)
    for (const mode of MODES) {
      const { source, groups } = await openInterface(link.here, {
        source: mode,
        budgetBytes: BUDGET,
        transmit: true,
        groups: planned.counted.map(({ spec }) => spec),
        filters: planned.filters,
      })
      await using _ = source
      await must('tcpreplay', '--quiet', '--pps=20000', `--intf1=${link.here}`, FIXTURE)
      await settled(() => sourceSums(source), 1)
      const sums = sourceSums(source)
      t.same(
        differences((name) => sums[`TRANSMIT_${name}`], fixtureSums()),
        [],
        `${mode}: every counter`,
      )
      t.equal(sums['PKTS'], 0, 'and nothing as received')
      const sent = groups.at(-1)?.look() ?? []
      t.ok((sums['TRANSMIT_VLAN'] ?? 0) > 0)
      t.equal(Number(sent[0]), sums['TRANSMIT_VLAN'], `${mode}: the group has all with a tag`)
    }
  },
)

t.test('where nothing transmitted is counted its groups stay empty', { skip }, async (t) => {
  const link = await network(t, { addressed: true })
  const options = { source: 'tcx', budgetBytes: BUDGET, groups: SPECS } as const
  const { source, groups } = await openInterface(link.here, options)
  await using _ = source
  t.same(
    [source.transmit, [...source.catalog].some(({ direction }) => direction)],
    [undefined, false],
  )
  await command('ping', ['-c', '5', '-i', '0.01', '-q', link.addresses?.there ?? ''])
  await settled(() => sourceSums(source), 5)
  t.same(
    groups.map((table) => Number(table.look()[0])),
    [5, 0, 5],
  )
})
