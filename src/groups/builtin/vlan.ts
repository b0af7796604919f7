// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{0EC72E9E-3AD2-43FD-8173-74693EEA08D0}',
  name: 'VLAN',
  description: 'VLANs of tagged frames',
  resolverGuid: '{0EC72E9E-3AD2-43FD-8173-74693EEA08D0}',
  key: { fields: ['vlan.id'] },
})
