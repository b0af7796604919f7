// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'
import { PROTOCOLS } from '../resolvers/protocols.ts'

export default group({
  guid: '{E89BCD56-30AD-40F5-B1C8-8B7683F440BD}',
  name: 'NetworkLayer',
  description: 'IP protocols; those that have no name here are other',
  resolverGuid: '{E89BCD56-30AD-40F5-B1C8-8B7683F440BD}',
  key: { fields: ['ip.proto'] },
  closed: [...PROTOCOLS.values()],
})
