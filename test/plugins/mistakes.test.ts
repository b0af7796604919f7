// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { pluginInstance } from '../../src/plugins/instance.ts'
import { loadPlugins } from '../../src/plugins/load.ts'
import { loadBuiltinStatistics } from '../../src/statistics/builtin.ts'

const taken = {
  catalog: loadCatalog(),
  statistics: await loadBuiltinStatistics(),
  groups: await loadBuiltinGroups(),
}
const COUNTER = `name: 'X', layer: 'TCP', help: 'Xs', value: () => 0, reset() {}, process() {}`
const CONTROL = `guid: '{5A1E7B60-1111-4222-8333-123456789ABC}', name: 'mine', description: 'Mine'`
const METERS = `[[0, 'COUNTER', 10, 0, 'Packets', 'packets', 'Pkts']]`

t.test('what is wrong with a counter is told', async (t) => {
  await refused(t, [
    [
      `{ ${COUNTER}, name: 'x' }`,
      /default export: name: got "x"; expected a capital letter and up/,
    ],
    [
      `{ ${COUNTER}, layer: 'tcp' }`,
      /counter X: layer: got "tcp"; expected one of PKT, ARP, IP, .*mean TCP\?/,
    ],
    [`{ ${COUNTER}, layer: 'CLOCK' }`, /counter X: layer: got "CLOCK"/],
    [`{ ${COUNTER}, help: '' }`, /counter X: help: got ""; expected one line of 1 to 200/],
    [`{ ${COUNTER}, unit: 'k B' }`, /counter X: unit: got "k B"; expected a word such as/],
    [`{ ${COUNTER}, value: 5 }`, /counter X: value: got 5; expected a function/],
    [`{ ${COUNTER}, reset: undefined }`, /counter X: reset: got nothing; expected a function/],
    [`{ ${COUNTER}, async process() {} }`, /counter X: process: got an async function/],
    [`{ ${COUNTER}, name: 'SYN' }`, /counter SYN: a counter of that name is already there; choose/],
    [`[{ ${COUNTER} }, { ${COUNTER} }]`, /default export\[1\]: counter X: a counter of that name/],
    [
      `{ ${COUNTER}, name: 'SYN_PKTS' }`,
      /counter SYN_PKTS: SYN already gives the metric pktspot_receive_syn_packets; choose another/,
    ],
  ])
})

t.test('what is wrong with a group is told', async (t) => {
  const group = (control: string, meters: string, rest = 'process() {}') =>
    `{ control: { ${CONTROL}, ${control} }, meters: ${meters}, ${rest} }`
  await refused(t, [
    [group('', METERS, ''), /group mine: process: got nothing; expected a function/],
    [group(`guid: 'x'`, METERS), /group mine: group.control.guid: got "x"; expected a GUID in/],
    [group(`layer: 'SCTP'`, METERS), /group mine: group.control.layer: got "SCTP"; expected one/],
    [group(`name: 'Src_IP'`, METERS), /control.name: got "Src_IP"; expected a name that no other/],
    [group(`name: 'plugin_x'`, METERS), /expected a name that does not begin with plugin/],
    [group('', '[]'), /group mine: group.meters: got "no meter"; expected 1 to 16 meters/],
    [group('', `[[0, 'SPEED', 10, 0, 'P', 'p', 'x']]`), /group.meters\[0\].vartype: got "SPEED"/],
    [
      group('', `[{ id: 0, vartype: 'GAUGE', name: 'P', description: 'p', unique: 'ip.src' }]`),
      /group.meters\[0\].unique: got "ip.src"; expected no field: update gives the values/,
    ],
    [
      group('', METERS, 'process() {}, limits: { max_series: 5 }'),
      /at least the greatest top_n, 10/,
    ],
    [
      `[${group('', METERS)}, ${group(`name: 'other'`, METERS)}]`,
      /default export\[1\]: group other: group.control.guid: .*; mine has it/,
    ],
  ])
})

t.test('one plugin may define all three, and statistics read any plugin’s counters', async (t) => {
  const folder = t.testdir({
    'a.mjs': `export const statistics = { name: 'S', requirement: ['X'], compute: ([x]) => x }
      export default { control: { ${CONTROL} }, meters: ${METERS}, process() {} }`,
    'b.mjs': `export const counters = [{ ${COUNTER} }]`,
  })
  const paths = [join(folder, 'a.mjs'), join(folder, 'b.mjs')]
  const loaded = await loadPlugins(paths, taken)
  t.same([...loaded.mistakes], [])
  t.same(
    loaded.statistics.map(({ name }) => name),
    ['S'],
  )
  t.match(loaded.catalog.find('X'), { layers: ['TCP'], kind: 'sum', metric: 'x_packets' })
  t.match(loaded.groups, [
    { name: 'mine', key: { fields: [] }, meters: [{ measure: { of: 'update' } }] },
  ])
  const indices = [...loaded.catalog].filter(({ kind }) => kind === 'sum').map(({ index }) => index)
  t.equal(new Set(indices).size, indices.length, 'each sum has its own slot')
})

t.test('a module that all interfaces would share is refused', async (t) => {
  const folder = t.testdir({ 'c.cjs': `module.exports = { ${COUNTER} }` })
  const paths = [join(folder, 'c.cjs')]
  const loaded = await loadPlugins(paths, taken)
  t.same([...loaded.mistakes], [])
  const opened = pluginInstance(paths, loaded, { source: 'eth0', warn: () => undefined })
  await t.rejects(opened, { code: 'SETTINGS', message: /c.cjs: default export: all interfaces/ })
})

t.test('interfaces have instances of their own', async (t) => {
  const folder = t.testdir({
    'c.mjs': `let n = 0
      export default { ${COUNTER}, value: () => n, process() { n++ } }`,
  })
  const paths = [join(folder, 'c.mjs')]
  const loaded = await loadPlugins(paths, taken)
  const open = (source: string) => pluginInstance(paths, loaded, { source, warn: () => undefined })
  const [one, two] = [await open('eth0'), await open('eth1')]
  one.parts[0]?.process({} as never)
  t.equal(one.counters[0]?.total(), 1n)
  t.equal(two.counters[0]?.total(), 0n)
})

async function refused(t: Test, cases: readonly (readonly [string, RegExp])[]): Promise<void> {
  const files = cases.map(([text], index) => [`${index}.mjs`, `export default ${text}`])
  const folder = t.testdir(Object.fromEntries(files))
  for (const [index, [text, message]] of cases.entries()) {
    const path = join(folder, `${index}.mjs`)
    const { mistakes } = await loadPlugins([path], taken)
    t.match(mistakes.get(path), message, text)
    t.ok(mistakes.get(path)?.startsWith(`${path}: default export`), 'file and export come first')
  }
}
