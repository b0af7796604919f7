// SPDX-License-Identifier: Apache-2.0
/* Plugins as docs/plugins.md shows them: this file must compile. */
import { defineCounter, defineGroup, defineStatistic } from '../../src/index.ts'

let segments = 0
let bytes = 0n

export default [
  defineCounter({
    name: 'ZERO_WINDOW',
    layer: 'TCP',
    help: 'TCP segments with a zero window',
    value: () => segments,
    reset() {
      segments = 0
    },
    process({ window, flags = 0 }) {
      if (window === 0 && (flags & 4) === 0) segments++
    },
  }),
  defineCounter({
    name: 'JUMBO_BYTES',
    layer: 'PKT',
    help: 'Bytes of jumbo frames',
    unit: 'bytes',
    value: () => bytes,
    reset() {
      bytes = 0n
    },
    process(frame) {
      if (frame.length > 1518) bytes += BigInt(frame.length)
    },
  }),
  defineStatistic({
    name: 'R_ZERO_WINDOW',
    requirement: ['ZERO_WINDOW', 'TCP'],
    compute: ([zero, all]) => zero / all,
  }),
  defineGroup({
    control: {
      guid: '{5A1E7B60-2222-4222-8333-123456789ABC}',
      name: 'ttls',
      description: 'Times to live of IPv4',
      layer: 'IPv4',
    },
    meters: [
      [0, 'COUNTER', 10, 0, 'Packets', 'packets', 'Pkts'],
      { id: 1, vartype: 'AVERAGE', name: 'Length', description: 'length of packets', units: 'B' },
    ],
    keyinfo: { '64': 'as Linux sends' },
    process(packet, update) {
      const key = String(packet.ttl)
      update(key, 0, 1)
      update(key, 1, packet.length)
    },
  }),
]
