// SPDX-License-Identifier: Apache-2.0
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { loadBuiltinGroups, loadGroups } from '../../src/groups/builtin.ts'
import { metricsOf } from '../../src/groups/check/metrics.ts'
import { chosenGroups } from '../../src/groups/enabled.ts'
import { keyWords } from '../../src/groups/key-text.ts'

const privacy = { ipv4_prefix: 32, ipv6_prefix: 128 }

const enabled = async (...counter_groups: string[]) =>
  (await chosenGroups({ counter_groups, privacy })).enabled.map(({ name }) => name)

t.test('protocols, sources and destination ports count unless they are switched off', async (t) => {
  t.strictSame((await enabled()).sort(), ['dst_port', 'protocols', 'src_ip'])
  t.strictSame((await enabled('FLOWS', '!src_ip', '!dst_port')).sort(), ['flows', 'protocols'])
  t.strictSame(await enabled('!protocols', '!src_ip', '!dst_port', 'hosts', '!hosts'), [])
})

t.test('the well-known groups have the GUIDs that others know them by', async (t) => {
  const groups = new Map((await loadBuiltinGroups()).map(({ name, guid }) => [name, guid]))
  const wellKnown = {
    Hosts: '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
    HostsIPv6: '{6CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
    Apps: '{C51B48D4-7876-479E-B0D9-BD9EFF03CE2E}',
    Mac: '{4B09BD22-3B99-40FC-8215-94A430EA0A35}',
    LinkLayer: '{9F5AD3A9-C74D-46D8-A8A8-DCDD773730BA}',
    NetworkLayer: '{E89BCD56-30AD-40F5-B1C8-8B7683F440BD}',
    VLAN: '{0EC72E9E-3AD2-43FD-8173-74693EEA08D0}',
    Subnets: '{429B65AD-CDA4-452E-A852-24D8A3D0FBB3}',
    Aggregates: '{393B5EBC-AB41-4387-8F31-8077DB917336}',
  }
  for (const [name, guid] of Object.entries(wellKnown)) t.equal(groups.get(name), guid, name)
})

t.test('every built-in group keeps the rules that own groups are held to', async (t) => {
  const groups = await loadBuiltinGroups()
  const guids = new Set(groups.map(({ guid }) => guid))
  for (const group of groups) {
    t.match(group.guid, /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/, group.name)
    t.match(group.name, /^[A-Za-z]\w{0,13}$/)
    t.match(group.description, /^[^.]{1,199}[^.]$/, group.name)
    t.equal(group.bucketSeconds, 60)
    t.ok(group.resolverGuid === undefined || guids.has(group.resolverGuid), group.name)
    for (const text of group.keyinfo.keys()) t.ok(keyWords(group, text), `${group.name} ${text}`)
    t.strictSame(
      group.meters.map(({ name, topN, vartype }) => [name, topN, vartype]),
      [
        ['Packets', 10, 'COUNTER'],
        ['Bytes', 10, 'RATE_COUNTER'],
      ],
    )
  }
  t.equal(metricsOf(groups).size, 4 * groups.length, 'no metric is given twice')
})

t.test('a folder with a name or GUID twice is refused', async (t) => {
  const group = (name: string, guid: string) => `export default ${JSON.stringify({ name, guid })}\n`
  const folder = t.testdir({
    names: { 'a.js': group('one', '{A}'), 'b.js': group('ONE', '{B}'), 'c.d.ts': 'broken' },
    guids: { 'a.js': group('one', '{a}'), 'b.js': group('two', '{A}') },
  })
  const load = (name: string) => loadGroups(pathToFileURL(`${folder}/${name}/`))
  const error = { code: 'SETTINGS', message: /^b.js: group ONE is already defined in a.js/ }
  await t.rejects(load('names'), error)
  await t.rejects(load('guids'), { code: 'SETTINGS', message: /group \{A\} is already/ })
})

t.test('privacy cuts the addresses of every group that counts', async (t) => {
  const short = { ipv4_prefix: 16, ipv6_prefix: 48 }
  const items = ['flows', 'subnets']
  const { enabled } = await chosenGroups({ counter_groups: items, privacy: short })
  for (const { name, key } of enabled) t.strictSame(key.prefix, { ipv4: 16, ipv6: 48 }, name)
})
