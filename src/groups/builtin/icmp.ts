// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

/* IANA, ICMP Type Numbers: those in use. */
const KNOWN = new Map([
  ['0/0', 'echo reply'],
  ['3/0', 'network unreachable'],
  ['3/1', 'host unreachable'],
  ['3/2', 'protocol unreachable'],
  ['3/3', 'port unreachable'],
  ['3/4', 'fragmentation needed'],
  ['3/5', 'source route failed'],
  ['3/6', 'network unknown'],
  ['3/7', 'host unknown'],
  ['3/9', 'network prohibited'],
  ['3/10', 'host prohibited'],
  ['3/13', 'administratively prohibited'],
  ['4/0', 'source quench'],
  ['5/0', 'redirect for network'],
  ['5/1', 'redirect for host'],
  ['8/0', 'echo request'],
  ['9/0', 'router advertisement'],
  ['10/0', 'router solicitation'],
  ['11/0', 'time to live exceeded'],
  ['11/1', 'reassembly time exceeded'],
  ['12/0', 'parameter problem'],
  ['13/0', 'timestamp request'],
  ['14/0', 'timestamp reply'],
])

export default group({
  guid: '{BF1414C6-ACD8-5420-AEE8-D6764CC58BAD}',
  name: 'icmp',
  description: 'ICMP of IPv4 by type and code; what is not in common use is other',
  layer: 'ICMPv4',
  key: { fields: ['icmp.type', 'icmp.code'] },
  closed: [...KNOWN.keys()],
  keyinfo: KNOWN,
})
