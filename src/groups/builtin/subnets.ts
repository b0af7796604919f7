// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{429B65AD-CDA4-452E-A852-24D8A3D0FBB3}',
  name: 'Subnets',
  description: 'Source addresses, IPv4 by /24 and IPv6 by /64',
  key: { fields: ['ip.src'], prefix: { ipv4: 24, ipv6: 64 } },
})
