// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import { labelOf } from '../../src/groups/labels.ts'
import { serviceName } from '../../src/groups/resolvers/services.ts'
import { readVendors } from '../../src/groups/resolvers/vendors.ts'
import { keyed, made } from './own.ts'

const builtin = await loadBuiltinGroups()

const guidOf = (name: string) => builtin.find((group) => group.name === name)?.guid ?? ''

/** Labels a key as a group of these fields would that names a resolver. */
function label(
  fields: string[],
  resolver: string,
  values: string[],
  vendors?: Map<string, string>,
) {
  const group = { ...keyed(fields), resolverGuid: guidOf(resolver) }
  return labelOf(group, builtin, vendors)(values)
}

t.test("a group's own keyinfo comes first, and a key without a label has none", async (t) => {
  const keyinfo = { 'tcp/443': 'ours', 'udp/p-0035': 'names', '6/80': 'web' }
  const group = made({ fields: ['ip.proto', 'l4.dst_port'] }, { keyinfo })
  const own = labelOf({ ...group, resolverGuid: guidOf('Apps') }, builtin)
  t.equal(own(['tcp', '443']), 'ours')
  t.equal(own(['udp', '53']), 'names')
  t.equal(own(['tcp', '80']), 'web')
  t.equal(own(['tcp', '22']), 'ssh')
  t.equal(own(['tcp', '64999']), '')
  const alone = labelOf(group, builtin)
  t.equal(alone(['tcp', '22']), '')
})

t.test('keys that only a rule can give are labelled as they are written', async (t) => {
  const group = made(
    { rules: [{ if: 'tcp', key: '14/00' }] },
    { keyinfo: { '14/00': 'change_cipher_spec' } },
  )
  t.equal(labelOf(group, builtin)(['14/00']), 'change_cipher_spec')
})

t.test('well-known groups turn keys of their kind into names', async (t) => {
  t.equal(label(['l4.server_port'], 'Apps', ['443']), 'https')
  t.equal(label(['l4.src_port', 'ip.src'], 'Apps', ['22', '10.0.0.1']), 'ssh')
  t.equal(label(['ip.proto', 'l4.dst_port'], 'Apps', ['udp', '514']), 'syslog')
  t.equal(label(['ip.proto', 'l4.dst_port'], 'Apps', ['tcp', '514']), 'shell')
  t.equal(label(['ip.dst'], 'Hosts', ['192.0.2.1']), '192.0.2.1')
  t.equal(label(['eth.type'], 'LinkLayer', ['0x86dd']), 'IPv6')
  t.equal(label(['ip.proto'], 'NetworkLayer', ['tcp']), 'tcp')
  t.equal(label(['ip.version'], 'Aggregates', ['6']), 'IPv6')
  t.equal(label(['vlan.id'], 'VLAN', ['7']), '')
  t.equal(label(['ip.src'], 'Apps', ['192.0.2.1']), '', 'a resolver of another kind')
  const vendors = new Map([['00:00:5e', 'ICANN']])
  t.equal(label(['eth.src'], 'Mac', ['00:00:5e:00:01:01'], vendors), 'ICANN')
  t.equal(label(['eth.src'], 'Mac', ['00:00:5e:00:01:01']), '')
})

t.test('the keyinfo of another group of one’s own resolves keys', async (t) => {
  const guid = '{5A1E7B60-1111-4222-8333-0000000000AA}'
  const names = { ...made({ fields: ['ip.src'] }, { keyinfo: { '10.0.0.1': 'gateway' } }), guid }
  const group = { ...keyed(['ip.dst', 'l4.dst_port']), resolverGuid: guid }
  const resolved = labelOf(group, [...builtin, names])
  t.equal(resolved(['10.0.0.1', '80']), 'gateway')
})

t.test('built-in groups label what they show', async (t) => {
  const shown = (name: string, values: string[]) => {
    const group = builtin.find((each) => each.name === name)
    return group && labelOf(group, builtin)(values)
  }
  t.equal(shown('dst_port', ['tcp', '443']), 'https')
  t.equal(shown('Apps', ['53']), 'domain')
  t.equal(shown('icmp', ['8', '0']), 'echo request')
  t.equal(shown('icmp6', ['128', '0']), 'echo request')
  t.equal(shown('LinkLayer', ['0x0806']), 'ARP')
})

t.test('services are known by protocol, without one TCP comes first', async (t) => {
  t.equal(serviceName('514'), 'shell')
  t.equal(serviceName('4789'), 'vxlan')
  t.equal(serviceName('22', 'udp'), undefined)
  t.equal(serviceName('22', 'sctp'), undefined)
  t.equal(serviceName('constructor'), undefined)
})

t.test('vendors are read from either table, and are none without one', async (t) => {
  const folder = t.testdir({
    ieee: '28-6F-B9   (hex)\t\tNokia Shanghai Bell\r\n286FB9     (base 16)\t\tNokia\r\n\t\t\tCN\r\n',
    nmap: '# comment\n000000 Xerox\n00005E Icann, Iana Department\n',
  })
  const read = (...names: string[]) => readVendors(names.map((name) => join(folder, name)))
  t.strictSame(await read('none', 'ieee'), new Map([['28:6f:b9', 'Nokia Shanghai Bell']]))
  t.equal((await read('nmap')).get('00:00:5e'), 'Icann, Iana Department')
  t.equal((await read('none')).size, 0)
})
