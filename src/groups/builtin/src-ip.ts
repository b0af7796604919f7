// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{AA5D9242-8020-55DD-BD1E-06F730091151}',
  name: 'src_ip',
  description: 'Source addresses of either family',
  on: true,
  resolverGuid: '{4CD742B1-C1CA-4708-BE78-0FCA2EB01A86}',
  key: { fields: ['ip.src'] },
})
