// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { findHostName } from '../../src/filters/names.ts'
import { PRIMITIVES } from '../support/filter-texts.ts'

t.test('finds names where libpcap would look one up', async (t) => {
  const texts: [string, string][] = [
    ['host example.com', 'example.com'],
    ['example.com', 'example.com'],
    ['src localhost', 'localhost'],
    ['tcp and dst host web-1 and port 80', 'web-1'],
    ['net loopback', 'loopback'],
    ['gateway router', 'router'],
    ['ether host printer', 'printer'],
    ['ether src 00:11:22:33:44:zz', 'zz'],
    ['host 10.0.0.1 or 10.0.0.2 or db', 'db'],
    ['port 80 and src db', 'db'],
    ['tcp port http or host http', 'http'],
    ['port 80 or tcp foo', 'foo'],
    ['host \\tcp', '\\tcp'],
    ['not (host(a))', 'a'],
    ['host 1.2.3.4.5', '1.2.3.4.5'],
    ['HOST x', 'HOST'],
    ['proto 6 and host x', 'x'],
    ['host 10foo', '10foo'],
    ['(tcp)or(bad)', 'bad'],
    ['ip6 host fe80::1 or fe80::g', 'g'],
  ]
  for (const [text, name] of texts) {
    const mistake = findHostName(text)
    t.match(mistake, { kind: 'name', message: /not looked up/ }, text)
    t.equal(text.slice(mistake?.offset, (mistake?.offset ?? 0) + (mistake?.length ?? 0)), name)
  }
})

t.test('leaves keywords, numbers, addresses, ports and protocols alone', async (t) => {
  const texts = [
    ...PRIMITIVES,
    'portrange ftp-data-ssh',
    'tcp port ssh or http or 443',
    'type mgt subtype beacon',
    'wlan type data and dir nods',
    'on eth0 and reason match',
    'tcp[tcpflags]&(tcp-syn|tcp-fin)!=0',
    'ip6 host ::ffff:1.2.3.4',
    'udp[8:2]==0x1234&&!arp',
    'ether host aabb.ccdd.eeff or ether host a-b-c-d-e-f',
    'not not ip',
    '',
  ]
  for (const text of texts) t.equal(findHostName(text), undefined, text)
})
