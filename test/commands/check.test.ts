// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { pktspot } from './spawned.ts'

t.test('a good file is called good, whatever the environment holds', async (t) => {
  const file = join(
    t.testdir({ 'a.yaml': 'source: xdp\nstatistics: {disabled: ["R_*"]}\n' }),
    'a.yaml',
  )
  t.strictSame(await pktspot(['check', file], { PKTSPOT_SOURCE: 'nonsense' }), {
    code: 0,
    stdout: `${file}: good\n`,
    stderr: '',
  })
})

t.test('a bad file ends with 78 and all its mistakes', async (t) => {
  const text = 'sorce: xdp\nperiod: 7\nstatistics: {enabled: [R_SIN]}\n'
  const file = join(t.testdir({ 'a.yaml': text }), 'a.yaml')
  const { code, stdout, stderr } = await pktspot(['check', file])
  t.equal(code, 78)
  t.equal(stdout, '')
  t.strictSame(
    stderr.split('\n').map((line) => line.replace(/; .*/, '')),
    [
      `pktspot: ${file}:1:1: sorce: got an unknown key`,
      `pktspot: ${file}:2:9: period: got 7`,
      `pktspot: ${file}:3:24: statistics.enabled: got "R_SIN"`,
      '',
    ],
  )
})

t.test('what is wrong with a counter group is told at its place', async (t) => {
  const text = `counter_groups:
  - control: { guid: "{4cd742b1-c1ca-4708-be78-0fca2eb01a86}", name: mine, description: d }
    key: { fields: [ip.src, ip.port] }
    meters: [[1, COUNTR, 10, 0, Packets, packets, Pkts]]
`
  const file = join(t.testdir({ 'a.yaml': text }), 'a.yaml')
  const { code, stderr } = await pktspot(['check', file])
  t.equal(code, 78)
  t.strictSame(
    stderr.split('\n').map((line) => line.replace(/; .*/, '').replace(/^.*a.yaml:/, '')),
    [
      '2:22: counter_groups[0].control.guid: got "{4cd742b1-c1ca-4708-be78-0fca2eb01a86}"',
      '3:29: counter_groups[0].key.fields[1]: got "ip.port"',
      '4:15: counter_groups[0].meters[0].id: got 1',
      '4:18: counter_groups[0].meters[0].vartype: got "COUNTR"',
      '',
    ],
  )
})

t.test('a file that is not there ends with 78', async (t) => {
  const { code, stderr } = await pktspot(['check', '/nowhere/a.yaml'])
  t.equal(code, 78)
  t.match(stderr, /^pktspot: \/nowhere\/a.yaml: cannot be read: ENOENT.*\n$/)
})
