// SPDX-License-Identifier: Apache-2.0
import { statistic } from '../statistic.ts'

export default statistic({
  name: 'TRANSMIT_UNIQ_DST_PORT',
  help: 'Distinct destination ports of TCP and of UDP that are transmitted to, added up',
  unit: 'ports',
  counters: ['TRANSMIT_NB_UNIQ_DST_PORT', 'TRANSMIT_NB_UNIQ_UDP_DST_PORT'],
  tails: ['upper'],
  compute: ({ values: [tcp, udp] }) => tcp + udp,
})
