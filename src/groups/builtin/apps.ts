// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{C51B48D4-7876-479E-B0D9-BD9EFF03CE2E}',
  name: 'Apps',
  description: 'Server ports: that of the side without the first SYN, else the lower',
  resolverGuid: '{C51B48D4-7876-479E-B0D9-BD9EFF03CE2E}',
  key: { fields: ['l4.server_port'] },
})
