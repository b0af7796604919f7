// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
  name: 'Hosts',
  description: 'IPv4 source addresses',
  resolverGuid: '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
  layer: 'IPv4',
  key: { fields: ['ip.src'] },
})
