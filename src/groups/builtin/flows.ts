// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{371082D1-0FBD-53F5-BC95-28E4F09392E6}',
  name: 'flows',
  description: 'TCP and UDP by protocol, addresses and ports, each direction by itself',
  key: { fields: ['ip.proto', 'ip.src', 'l4.src_port', 'ip.dst', 'l4.dst_port'] },
})
