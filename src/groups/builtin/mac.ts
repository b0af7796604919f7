// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{4B09BD22-3B99-40FC-8215-94A430EA0A35}',
  name: 'Mac',
  description: 'Source MAC addresses',
  resolverGuid: '{4B09BD22-3B99-40FC-8215-94A430EA0A35}',
  key: { fields: ['eth.src'] },
})
