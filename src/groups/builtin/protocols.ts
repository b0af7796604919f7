// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{42CA0677-88C9-518F-92A0-80581FFC7971}',
  name: 'protocols',
  description: 'TCP, UDP and ICMP of either family; all other IP is other',
  on: true,
  key: {
    fields: ['ip.proto'],
    keysets: new Map([
      ['tcp', [6]],
      ['udp', [17]],
      ['icmp', [1, 58]],
    ]),
  },
})
