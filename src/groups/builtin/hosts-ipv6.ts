// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{6CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
  name: 'HostsIPv6',
  description: 'IPv6 source addresses',
  resolverGuid: '{6CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
  layer: 'IPv6',
  key: { fields: ['ip.src'] },
})
