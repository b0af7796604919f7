// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'
import { ETHERTYPES } from '../resolvers/ethertypes.ts'

export default group({
  guid: '{9F5AD3A9-C74D-46D8-A8A8-DCDD773730BA}',
  name: 'LinkLayer',
  description: 'EtherTypes; those that have no name here are other',
  resolverGuid: '{9F5AD3A9-C74D-46D8-A8A8-DCDD773730BA}',
  key: { fields: ['eth.type'] },
  closed: [...ETHERTYPES.keys()].map((type) => `0x${type.toString(16).padStart(4, '0')}`),
})
