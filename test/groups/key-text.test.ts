// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { addressText, addressWords, masked } from '../../src/groups/address-text.ts'
import { FIELDS } from '../../src/groups/fields.ts'
import type { Group } from '../../src/groups/group.ts'
import { keyLabels, keyText, keyValues, keyWords } from '../../src/groups/key-text.ts'
import { keyed, made } from './own.ts'

const v4 = (bits: bigint) => 0xffff_0000_0000n | bits

/** Numbers that look like traffic's, the same for a seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

t.test('addresses are written dotted, or as RFC 5952 has it', async (t) => {
  const cases: [string, bigint, bigint][] = [
    ['192.0.2.1', 0n, v4(0xc000_0201n)],
    ['0.0.0.0', 0n, v4(0n)],
    ['::', 0n, 0n],
    ['::1', 0n, 1n],
    ['2001:db8::1', 0x2001_0db8n << 32n, 1n],
    ['2001:db8:0:1:1:1:1:1', 0x2001_0db8_0000_0001n, 0x0001_0001_0001_0001n],
    ['2001:0:0:1::1', 0x2001_0000_0000_0001n, 1n],
    ['2001:db8::1:0:0:1', 0x2001_0db8_0000_0000n, 0x0001_0000_0000_0001n],
    ['fe80::', 0xfe80n << 48n, 0n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004n, 0x0005_0006_0007_0008n],
  ]
  for (const [text, high, low] of cases) {
    t.equal(addressText({ high, low }), text)
    t.strictSame(addressWords(text), { high, low }, text)
  }
  t.strictSame(addressWords('::ffff:192.0.2.1'), { high: 0n, low: v4(0xc000_0201n) })
  t.strictSame(addressWords('2001:DB8::192.0.2.1'), {
    high: 0x2001_0db8n << 32n,
    low: 0xc000_0201n,
  })
  for (const text of ['', '1.2.3', '::g', 'fe80::1%eth0', '1.2.3.4/8']) {
    t.equal(addressWords(text), undefined, text)
  }
})

t.test('addresses are cut by their own family', async (t) => {
  const prefix = { ipv4: 20, ipv6: 49 }
  const cut = (text: string) => {
    const words = addressWords(text)
    return words && addressText(masked(words, prefix))
  }
  t.equal(cut('192.0.255.1'), '192.0.240.0')
  t.equal(cut('2001:db8:1:ffff::1'), '2001:db8:1:8000::')
})

t.test('keys read as labels of metrics do', async (t) => {
  const tcp443 = 6n | (443n << 16n)
  const cases: [Group, readonly bigint[], string, string][] = [
    [keyed(['ip.proto', 'l4.dst_port']), [tcp443], 'protocol,port', 'tcp/443'],
    [
      keyed(['ip.proto', 'ip.src', 'l4.src_port', 'ip.dst', 'l4.dst_port']),
      [0n, v4(1n), 0x2001n << 48n, 2n, 17n | (5353n << 16n) | (53n << 32n)],
      'protocol,source_address,source_port,destination_address,destination_port',
      'udp/0.0.0.1/5353/2001::2/53',
    ],
    [
      keyed(['eth.dst', 'eth.type', 'eth.src']),
      [0x0200_0000_0001n, 0xffff_ffff_ffffn, 0x0800n],
      'destination_mac,ethertype,source_mac',
      '02:00:00:00:00:01/0x0800/ff:ff:ff:ff:ff:ff',
    ],
    [
      keyed(['ip.version', 'ip.ttl', 'tcp.flags', 'icmp.type', 'icmp.code']),
      [4n | (64n << 16n) | (2n << 32n) | (8n << 48n), 3n],
      'ip_version,ip_ttl,tcp_flags,icmp_type,icmp_code',
      '4/64/2/8/3',
    ],
    [keyed(['l4.server_port']), [80n], 'port', '80'],
    [keyed(['l4.src_port']), [80n], 'port', '80'],
    [keyed(['l4.src_port', 'l4.server_port']), [80n], 'source_port,port', '80/0'],
    [keyed(['ip.proto']), [58n], 'protocol', 'icmp6'],
    [keyed(['ip.proto']), [253n], 'protocol', '253'],
    [keyed(['vlan.id']), [100n], 'vlan', '100'],
    [made({ fields: ['frame.len'], ranges: [64, 128] }), [1n], 'size', '128'],
    [made({ fields: ['frame.len'], ranges: [64, 128] }), [2n], 'size', '+Inf'],
    [made({ fields: ['l4.dst_port'], keysets: { web: [80], dns: [53] } }), [1n], 'port', 'dns'],
    [made({ rules: [{ if: 'tcp', key: '14/00' }] }), [0n], 'key', '14/00'],
    [made({ fields: ['ip.src'], prefix: 24 }), [0n, v4(256n)], 'source_address', '0.0.1.0/24'],
  ]
  for (const [group, words, labels, text] of cases) {
    t.equal(keyLabels(group).join(','), labels, text)
    t.equal(keyText(group, words), text)
    t.equal(keyValues(group, words).length, keyLabels(group).length, text)
    t.strictSame(keyWords(group, text), words, text)
  }
})

t.test('a key is read in other forms of its numbers', async (t) => {
  const dst = keyed(['ip.proto', 'l4.dst_port'])
  t.strictSame(keyWords(dst, '6/p-01BB'), keyWords(dst, 'tcp/443'))
  t.strictSame(keyWords(keyed(['icmp.type', 'icmp.code']), '14/00'), [14n])
  t.strictSame(keyWords(keyed(['eth.src']), 'FF-00-00-00-00-01'), [0xff00_0000_0001n])
  t.strictSame(keyWords(keyed(['eth.type']), '2048'), [2048n])
  const net = made({ fields: ['ip.src', 'ip.dst'], prefix: { ipv4: 32, ipv6: 64 } })
  t.strictSame(
    keyWords(net, '10.0.0.1/fe80::/64'),
    keyWords(net, '10.0.0.1/fe80::99'),
    'slashes of addresses are told from those between values',
  )
  for (const text of ['', 'tcp', 'tcp/', 'tcp/65536', 'tcp/1/2', 'x/1', 'tcp/p-1', '256/1']) {
    t.equal(keyWords(dst, text), undefined, text)
  }
  t.equal(keyWords(made({ fields: ['ip.src'], prefix: 24 }), '10.0.0.0/16'), undefined)
  t.equal(keyWords(keyed(['ip.src']), '10.0.0.0/24'), undefined)
})

t.test('any key of any fields is read back as it was written', async (t) => {
  const seed = Date.now() % 2 ** 31
  const pick = random(seed)
  for (let round = 0; round < 2000; round++) {
    const fields = [...FIELDS].sort(() => pick(3) - 1).slice(0, 1 + pick(5))
    const prefix = { ipv4: pick(33), ipv6: pick(129) }
    const group = keyed(
      fields.map(({ name }) => name),
      prefix,
    )
    const texts = fields.map(({ kind, bits }) => {
      const words = { high: BigInt(1 + pick(2 ** 30)) << 34n, low: BigInt(pick(2 ** 30)) }
      const old = pick(2) === 0
      const cut = addressText(masked(old ? { high: 0n, low: v4(words.low) } : words, prefix))
      const [kept, whole] = cut.includes(':') ? [prefix.ipv6, 128] : [prefix.ipv4, 32]
      if (kind === 'address') return kept < whole ? `${cut}/${kept}` : cut
      if (bits === 48)
        return (pick(2 ** 30) * 8)
          .toString(16)
          .padStart(12, '0')
          .replace(/..(?=.)/g, '$&:')
      return String(pick(2 ** bits))
    })
    const words = keyWords(group, texts.join('/'))
    const text = words && keyText(group, words)
    if (text === undefined || keyWords(group, text)?.join() !== words?.join()) {
      t.fail(`seed ${seed}: ${texts.join('/')} with ${JSON.stringify(prefix)} became ${text}`)
      return
    }
  }
  t.pass(`seed ${seed}`)
})
