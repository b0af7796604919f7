// SPDX-License-Identifier: Apache-2.0
import { group } from '../definition.ts'

export default group({
  guid: '{2318449A-82E2-52F3-BC33-8B0AC6D980F2}',
  name: 'sizes',
  description: 'Frames by their length in bytes without FCS, each up to its bound',
  key: {
    fields: ['frame.len'],
    ranges: [64, 128, 256, 512, 1024, 1280, 1518, 2048, 4096, 9216],
  },
})
