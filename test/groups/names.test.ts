// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { groupMetric, unitMeasure } from '../../src/groups/names.ts'
import { VARTYPES } from '../../src/groups/vartype.ts'
import type { MeterSetting } from '../../src/settings/counter-groups-meters.ts'
import { made } from './own.ts'

function metric(name: string, units: string, more: Partial<MeterSetting> = {}, group = 'hosts') {
  const meter = { id: 0, vartype: 'COUNTER', name, description: 'd', units, ...more }
  const control = { guid: '{}', name: group, description: 'd' }
  const made_ = made({ fields: ['ip.src'] }, { control, meters: [meter] })
  const [first] = made_.meters
  if (!first) throw new Error('no meter')
  return groupMetric(made_, first)
}

t.test('a unit is not repeated when the meter is named after it', async (t) => {
  const cases: [string, string, string][] = [
    ['Bytes', 'B', 'pktspot_hosts_bytes'],
    ['Bytes', 'Bps', 'pktspot_hosts_bytes'],
    ['Bits', 'bps', 'pktspot_hosts_bits'],
    ['Packets', 'Pkts', 'pktspot_hosts_packets'],
    ['in bytes', 'B', 'pktspot_hosts_in_bytes'],
    ['Total', 'B', 'pktspot_hosts_total_bytes'],
    ['Total', 'bps', 'pktspot_hosts_total_bits'],
    ['Rate', 'pps', 'pktspot_hosts_rate_packets'],
    ['RTT', 'ms', 'pktspot_hosts_rtt_seconds'],
    ['RTT', 'us', 'pktspot_hosts_rtt_seconds'],
    ['Ports', 'ports', 'pktspot_hosts_ports'],
    ['Sent', 'Msgs/s', 'pktspot_hosts_sent_msgs_s'],
    ['TTL', '', 'pktspot_hosts_ttl'],
  ]
  for (const [name, units, expected] of cases) {
    t.equal(metric(name, units).families[0]?.name, expected, `${name} ${units}`)
    t.equal(metric(name, units).all, `${expected}_all`)
  }
  t.match(
    metric('A__b ', 'B', {}, 'Web_Clients').families[0]?.name,
    'pktspot_web_clients_a_b_bytes',
  )
})

t.test('what is counted is scaled to the unit', async (t) => {
  t.match(metric('M', 'bps'), { unit: 'bits', scale: 8 })
  t.match(metric('M', 'Bps'), { unit: 'bytes', scale: 1 })
  t.match(metric('M', 'ms', { value: 'ip.ttl' }), { unit: 'seconds', scale: 1e-3 })
  t.match(metric('M', 'us', { value: 'ip.ttl' }), { unit: 'seconds', scale: 1e-6 })
  t.match(metric('M', 'bps', { value: 'ip.ttl' }), { unit: 'bits', scale: 1 })
})

t.test('units tell packets from bytes, and others nothing', async (t) => {
  for (const units of ['B', 'bytes', 'Bps', 'bps']) t.equal(unitMeasure(units), 'bytes', units)
  for (const units of ['Pkts', 'pps', 'packets']) t.equal(unitMeasure(units), 'frames', units)
  for (const units of ['', 'msgs', 'ms', 'constructor'])
    t.equal(unitMeasure(units), undefined, units)
})

t.test('a vartype decides what kind of metrics a meter gives', async (t) => {
  const kinds = VARTYPES.map(({ name: vartype }) => {
    const { families, all } = metric('Bytes', 'B', { vartype })
    const each = families.map(({ name, type, value }) => `${name.slice(14)} ${type} ${value}`)
    return [vartype, each, all !== undefined]
  })
  t.strictSame(kinds, [
    ['COUNTER', ['bytes counter sum'], true],
    ['RATE_COUNTER', ['bytes counter sum'], true],
    ['GAUGE', ['bytes gauge value'], false],
    [
      'GAUGE_MIN_MAX_AVG',
      [
        'bytes gauge value',
        'bytes_min gauge min',
        'bytes_max gauge max',
        'bytes_avg gauge average',
      ],
      false,
    ],
    ['RUNNING_COUNTER', ['bytes gauge value'], false],
    ['AVERAGE', ['bytes summary average'], true],
    ['DELTA_RATE_COUNTER', ['bytes counter sum'], true],
    ['MAXIMUM', ['bytes gauge value'], false],
    ['MINIMUM', ['bytes gauge value'], false],
  ])
})
