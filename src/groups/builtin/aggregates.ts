// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{393B5EBC-AB41-4387-8F31-8077DB917336}',
  name: 'Aggregates',
  description: 'All IP by its version',
  layer: 'IP',
  key: { fields: ['ip.version'] },
  closed: ['4', '6'],
  keyinfo: new Map([
    ['4', 'IPv4'],
    ['6', 'IPv6'],
  ]),
})
