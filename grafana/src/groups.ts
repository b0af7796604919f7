// SPDX-License-Identifier: Apache-2.0
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { dashboard } from './dashboard.ts'
import { NAME, share, top } from './group-panels.ts'
import { gauges, lines, NEUTRAL, number } from './panels.ts'
import { now, over } from './queries.ts'
import { CHOSEN, several } from './variables.ts'

const SOURCES = { group: 'src_ip', keys: ['source_address'] }
const PORTS = { group: 'dst_port', keys: ['protocol', 'port'] }
const FLOWS = {
  group: 'flows',
  keys: ['protocol', 'source_address', 'source_port', 'destination_address', 'port'],
}
const PROTOCOLS = { group: 'protocols', keys: ['protocol'] }
const ADDS_UP =
  'The top keys each, and all others together: the areas add up to what was counted, whichever keys are in the top'

/** What the traffic consists of. */
export const groups = dashboard(
  'pktspot-groups',
  'Traffic groups',
  'Who talks, to which ports, by which protocols; whatever is not in the top is in other',
)
  .withVariable(several('instance', 'Node', 'pktspot_build_info'))
  .withVariable(several('interface', 'Interface', 'pktspot_source_up{instance=~"$instance"}'))
  .withPanel(share(SOURCES, { title: 'Top talkers', description: ADDS_UP, at: [0, 0, 12, 9] }))
  .withPanel(
    top(SOURCES, [['source_address', 'Source address'], NAME], {
      title: 'Top talkers in the time shown',
      description: 'Source addresses with series of their own, by what they sent',
      at: [12, 0, 12, 9],
      alert: 'PktspotGroupKeysWaiting',
    }),
  )
  .withPanel(share(PORTS, { title: 'Destination ports', description: ADDS_UP, at: [0, 9, 12, 9] }))
  .withPanel(
    top(PORTS, [['protocol', 'Protocol'], ['port', 'Port'], NAME], {
      title: 'Destination ports in the time shown',
      description: 'Ports with series of their own, by what was sent to them',
      at: [12, 9, 12, 9],
      alert: 'PktspotGroupKeysWaiting',
    }),
  )
  .withPanel(
    share(PROTOCOLS, {
      title: 'Protocols',
      description: 'TCP, UDP and ICMP of either family; all other IP is other',
      at: [0, 18, 8, 8],
    }),
  )
  .withPanel(
    gauges(
      {
        title: 'Frame sizes',
        description:
          'Frames of the time shown by their length in bytes without FCS, each up to its bound',
        unit: 'short',
        at: [8, 18, 8, 8],
      },
      now(
        `sum by (le) (increase(pktspot_receive_packet_size_bytes_bucket{${CHOSEN}}[$__range]))`,
        '{{le}}',
      ).format(PromQueryFormat.Heatmap),
    ),
  )
  .withPanel(
    lines(
      {
        title: 'What is in other',
        description:
          'Share of the bytes that no series of a key has: a flood of made-up sources drives that of src_ip up',
        unit: 'percentunit',
        at: [16, 18, 8, 8],
        alert: 'PktspotGroupRankingUncertain',
      },
      ...['src_ip', 'dst_port'].map((group, index) =>
        over(
          `sum(rate(pktspot_${group}_bytes_total{${CHOSEN},otel_metric_overflow="true"}[$__rate_interval])) / sum(rate(pktspot_${group}_bytes_all_total{${CHOSEN}}[$__rate_interval]))`,
          group,
          'AB'.charAt(index),
        ),
      ),
    )
      .min(0)
      .max(1),
  )
  .withPanel(
    number(
      {
        title: 'Series add up to the total',
        description: 'Bytes of all series of a group divided by its total: 1, but for rounding',
        unit: 'percentunit',
        at: [0, 26, 8, 6],
      },
      NEUTRAL,
      ...['src_ip', 'dst_port', 'protocols'].map((group, index) =>
        now(
          `sum(increase(pktspot_${group}_bytes_total{${CHOSEN}}[$__range])) / sum(increase(pktspot_${group}_bytes_all_total{${CHOSEN}}[$__range]))`,
          group,
          'ABC'.charAt(index),
        ),
      ),
    ).decimals(2),
  )
  .withPanel(
    lines(
      {
        title: 'Keys that come and go',
        description: 'Keys a second that got series, and whose series ended',
        unit: 'ops',
        at: [8, 26, 16, 6],
        alert: 'PktspotGroupKeysWaiting',
      },
      ...['promotions', 'demotions'].map((what, index) =>
        over(
          `sum by (group) (rate(pktspot_group_${what}_total{${CHOSEN}}[$__rate_interval]))`,
          `{{group}} ${what}`,
          'AB'.charAt(index),
        ),
      ),
    ),
  )
  .withRow(
    new RowBuilder('Flows (where the group is switched on)').gridPos({ x: 0, y: 32, w: 24, h: 1 }),
  )
  .withPanel(share(FLOWS, { title: 'Flows', description: ADDS_UP, at: [0, 33, 9, 9] }))
  .withPanel(
    top(
      FLOWS,
      [
        ['protocol', 'Protocol'],
        ['source_address', 'Source address'],
        ['source_port', 'Source port'],
        ['destination_address', 'Destination address'],
        ['port', 'Port'],
      ],
      {
        title: 'Flows in the time shown',
        description: 'Each direction by itself; `counter_groups: [flows]` switches the group on',
        at: [9, 33, 15, 9],
        alert: 'PktspotGroupKeysWaiting',
      },
    ),
  )
  .build()
