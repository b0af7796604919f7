// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

/* IANA, ICMPv6 Parameters: those in use. */
const KNOWN = new Map([
  ['1/0', 'no route'],
  ['1/1', 'administratively prohibited'],
  ['1/2', 'beyond scope of source'],
  ['1/3', 'address unreachable'],
  ['1/4', 'port unreachable'],
  ['1/5', 'source failed policy'],
  ['1/6', 'route rejected'],
  ['2/0', 'packet too big'],
  ['3/0', 'hop limit exceeded'],
  ['3/1', 'reassembly time exceeded'],
  ['4/0', 'erroneous header'],
  ['4/1', 'unknown next header'],
  ['4/2', 'unknown option'],
  ['128/0', 'echo request'],
  ['129/0', 'echo reply'],
  ['130/0', 'multicast listener query'],
  ['131/0', 'multicast listener report'],
  ['132/0', 'multicast listener done'],
  ['133/0', 'router solicitation'],
  ['134/0', 'router advertisement'],
  ['135/0', 'neighbour solicitation'],
  ['136/0', 'neighbour advertisement'],
  ['137/0', 'redirect'],
  ['143/0', 'multicast listener report v2'],
])

export default group({
  guid: '{3F5AC0A8-F3B2-5C8C-B4BB-0FF043CBB690}',
  name: 'icmp6',
  description: 'ICMP of IPv6 by type and code; what is not in common use is other',
  layer: 'ICMPv6',
  key: { fields: ['icmp.type', 'icmp.code'] },
  closed: [...KNOWN.keys()],
  keyinfo: KNOWN,
})
