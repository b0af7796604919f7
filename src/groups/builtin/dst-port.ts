// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{72AEB1B7-D6F9-5963-ABE4-40B9DEF25DA4}',
  name: 'dst_port',
  description: 'Destination ports of TCP and UDP',
  on: true,
  resolverGuid: '{C51B48D4-7876-479E-B0D9-BD9EFF03CE2E}',
  key: { fields: ['ip.proto', 'l4.dst_port'] },
})
