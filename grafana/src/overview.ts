// SPDX-License-Identifier: Apache-2.0
import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboard } from './dashboard.ts'
import { ALL_IS_GOOD, columns, lines, list, NEUTRAL, NONE_IS_GOOD, number } from './panels.ts'
import { now, over, rows } from './queries.ts'
import { CHOSEN, several } from './variables.ts'

const STATISTIC = 'instance, interface, statistic, window'
const EVENTS = `pktspot_statistic_events_total{${CHOSEN}}`
/* instants of the range at which an event had just begun */
const BEGAN = `timestamp(increase(${EVENTS}[$__rate_interval]) > 0)[$__range:$__interval]`
/* beyond a threshold within the last minute */
const BEYOND = `(pktspot_statistic_recent_max{${CHOSEN}} > pktspot_statistic_upper_threshold or pktspot_statistic_recent_min{${CHOSEN}} < pktspot_statistic_lower_threshold)`

/** The fleet: which node, which statistic, since when. */
export const overview = dashboard(
  'pktspot-overview',
  'Overview',
  'All nodes: which of them, which statistic, since when',
)
  .withVariable(several('instance', 'Node', 'pktspot_build_info'))
  .withVariable(several('interface', 'Interface', 'pktspot_source_up{instance=~"$instance"}'))
  .withPanel(
    number(
      {
        title: 'Anomalous interfaces',
        description: 'Interfaces with a statistic beyond its threshold within the last minute',
        unit: 'short',
        at: [0, 0, 4, 4],
        alert: 'PktspotTrafficAnomaly',
      },
      NONE_IS_GOOD,
      now(`count(count by (instance, interface) (${BEYOND})) or vector(0)`, 'interfaces'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Events',
        description:
          'Anomalous episodes that began in the time shown. A few a day are due to chance: the node says how many it allows',
        unit: 'short',
        at: [4, 0, 4, 4],
        alert: 'PktspotAnomaliesSeen',
      },
      NEUTRAL,
      now(`sum(increase(${EVENTS}[$__range]))`, 'events'),
    ).decimals(0),
  )
  .withPanel(
    number(
      {
        title: 'Interfaces counted',
        description: 'Share of the configured interfaces whose packets are being counted',
        unit: 'percentunit',
        at: [8, 0, 4, 4],
        alert: 'PktspotInterfaceDown',
      },
      ALL_IS_GOOD,
      now(`avg(pktspot_source_up{${CHOSEN}})`, 'counted'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Calibrated',
        description: 'Share of the watched statistics that have thresholds',
        unit: 'percentunit',
        at: [12, 0, 4, 4],
        alert: 'PktspotNotCalibrated',
      },
      NEUTRAL,
      now(`avg(pktspot_statistic_calibration_ratio{${CHOSEN}} == bool 1)`, 'calibrated'),
    ).decimals(0),
  )
  .withPanel(
    number(
      {
        title: 'Packets received',
        description: 'Frames a second on all chosen interfaces',
        unit: 'pps',
        at: [16, 0, 4, 4],
      },
      NEUTRAL,
      now(`sum(rate(pktspot_receive_packets_total{${CHOSEN}}[$__rate_interval]))`, 'packets'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Bits received',
        description: 'Bits of frames a second on all chosen interfaces, without FCS',
        unit: 'bps',
        at: [20, 0, 4, 4],
      },
      NEUTRAL,
      now(`8 * sum(rate(pktspot_receive_bytes_total{${CHOSEN}}[$__rate_interval]))`, 'bits'),
    ),
  )
  .withPanel(
    list(
      {
        title: 'Which node, which statistic, since when',
        description:
          'Statistics that had events in the time shown, the latest first. Since: when the first of them began. Highest and lowest: of all windows in the time shown; thresholds: as they are now',
        unit: 'short',
        at: [0, 4, 24, 9],
        alert: 'PktspotTrafficAnomaly',
      },
      [
        ['instance', 'Node'],
        ['interface', 'Interface'],
        ['statistic', 'Statistic'],
        ['window', 'Window', 's'],
        ['Value #C', 'Since', 'dateTimeAsIso'],
        ['Value #D', 'Last', 'dateTimeFromNow'],
        ['Value #A', 'Events'],
        ['Value #B', 'Open'],
        ['Value #E', 'Highest'],
        ['Value #F', 'Upper threshold'],
        ['Value #G', 'Lowest'],
        ['Value #H', 'Lower threshold'],
      ],
      rows(`round(sum by (${STATISTIC}) (increase(${EVENTS}[$__range]))) > 0`, 'A'),
      rows(
        `max by (${STATISTIC}) (pktspot_statistic_event_open{${CHOSEN}}) and on (${STATISTIC}) increase(${EVENTS}[$__range]) > 0`,
        'B',
      ),
      rows(`1000 * min by (${STATISTIC}) (min_over_time(${BEGAN}))`, 'C'),
      rows(`1000 * max by (${STATISTIC}) (max_over_time(${BEGAN}))`, 'D'),
      ...[
        `max_over_time(pktspot_statistic_recent_max{${CHOSEN}}[$__range])`,
        `pktspot_statistic_upper_threshold{${CHOSEN}}`,
        `min_over_time(pktspot_statistic_recent_min{${CHOSEN}}[$__range])`,
        `pktspot_statistic_lower_threshold{${CHOSEN}}`,
      ].map((values, index) =>
        rows(
          `max by (${STATISTIC}) (${values}) and on (${STATISTIC}) increase(${EVENTS}[$__range]) > 0`,
          'EFGH'.charAt(index),
        ),
      ),
    )
      .sortBy([new TableSortByFieldStateBuilder().displayName('Last').desc(true)])
      .overrideByName('Open', [
        {
          id: 'mappings',
          value: [
            {
              type: 'value',
              options: { '0': { text: 'ended' }, '1': { text: 'open', color: 'red' } },
            },
          ],
        },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      ])
      .overrideByName('Statistic', [
        {
          id: 'links',
          value: [
            {
              title: 'The statistic on its node',
              // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills them in
              url: '/d/pktspot-node?var-instance=${__data.fields.Node}&var-interface=${__data.fields.Interface}&var-window=${__data.fields.Window}&var-statistic=${__data.fields.Statistic}&${__url_time_range}',
            },
          ],
        },
      ]),
  )
  .withPanel(
    columns(
      {
        title: 'Statistics beyond their thresholds, by interface',
        description:
          'How many different statistics were beyond a threshold within a minute: one or two are often chance, three at once page',
        unit: 'short',
        at: [0, 13, 12, 7],
        alert: 'PktspotTrafficAnomaly',
      },
      over(
        `count by (instance, interface) (count by (instance, interface, statistic) (${BEYOND}))`,
        '{{instance}} {{interface}}',
      ),
    ),
  )
  .withPanel(
    columns(
      {
        title: 'Events, by statistic',
        description: 'Anomalous episodes as they began, on all chosen interfaces together',
        unit: 'short',
        at: [12, 13, 12, 7],
        alert: 'PktspotAnomaliesSeen',
      },
      over(`sum by (statistic) (increase(${EVENTS}[$__rate_interval])) > 0`, '{{statistic}}'),
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Packets received, by interface',
        description: 'Frames a second of the ten busiest interfaces',
        unit: 'pps',
        at: [0, 20, 12, 8],
      },
      over(
        `topk(10, sum by (instance, interface) (rate(pktspot_receive_packets_total{${CHOSEN}}[$__rate_interval])))`,
        '{{instance}} {{interface}}',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Bits received, by interface',
        description: 'Bits of frames a second of the ten busiest interfaces, without FCS',
        unit: 'bps',
        at: [12, 20, 12, 8],
      },
      over(
        `topk(10, 8 * sum by (instance, interface) (rate(pktspot_receive_bytes_total{${CHOSEN}}[$__rate_interval])))`,
        '{{instance}} {{interface}}',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Packets received and sent',
        description: 'Frames a second in either direction, all interfaces chosen together',
        unit: 'pps',
        at: [0, 28, 12, 8],
      },
      over(`sum(rate(pktspot_receive_packets_total{${CHOSEN}}[$__rate_interval]))`, 'received'),
      over(`sum(rate(pktspot_transmit_packets_total{${CHOSEN}}[$__rate_interval]))`, 'sent', 'B'),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Bits received and sent',
        description: 'Bits of frames a second in either direction, without FCS',
        unit: 'bps',
        at: [12, 28, 12, 8],
      },
      over(`8 * sum(rate(pktspot_receive_bytes_total{${CHOSEN}}[$__rate_interval]))`, 'received'),
      over(`8 * sum(rate(pktspot_transmit_bytes_total{${CHOSEN}}[$__rate_interval]))`, 'sent', 'B'),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Packets dropped by the kernel, by reason',
        description:
          'Packets a second that the kernels of the nodes dropped, the ten most frequent reasons; docs/drops.md says what they mean',
        unit: 'pps',
        at: [0, 36, 12, 8],
      },
      over(
        'topk(10, sum by (reason) (rate(pktspot_kernel_dropped_packets_total{instance=~"$instance"}[$__rate_interval])))',
        '{{reason}}',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Packets dropped, by interface',
        description:
          'Packets a second that the kernel dropped while they were at an interface, the ten with the most',
        unit: 'pps',
        at: [12, 36, 12, 8],
        alert: 'PktspotStatisticAboveThreshold',
      },
      over(
        `topk(10, sum by (instance, interface) (rate(pktspot_dropped_packets_total{${CHOSEN}}[$__rate_interval])))`,
        '{{instance}} {{interface}}',
      ),
    ).min(0),
  )
  .withPanel(
    list(
      {
        title: 'Alerts that fire',
        description: 'Of the rules that come with pktspot, where Prometheus has loaded them',
        unit: 'short',
        at: [0, 44, 24, 8],
        alert: 'PktspotTrafficAnomaly',
      },
      [
        ['alertname', 'Alert'],
        ['severity', 'Severity'],
        ['instance', 'Node'],
        ['interface', 'Interface'],
        ['statistic', 'Statistic'],
        ['window', 'Window', 's'],
      ],
      rows('ALERTS{alertname=~"Pktspot.*",alertstate="firing"}', 'A'),
    ).colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds)),
  )
  .build()
