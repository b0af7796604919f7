// SPDX-License-Identifier: Apache-2.0
import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common'
import { type DynamicConfigValue, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import * as timeline from '@grafana/grafana-foundation-sdk/statetimeline'
import { dashboard } from './dashboard.ts'
import { lines, list, NEUTRAL, NONE_IS_GOOD, number, thresholds } from './panels.ts'
import { now, over, rows } from './queries.ts'
import { DATASOURCE, one, several } from './variables.ts'

const LINK = 'instance="$instance",interface="$interface"'
const WATCHED = `${LINK},window="$window"`
const ONE = `${WATCHED},statistic="$statistic"`
const ALL = `${WATCHED},statistic=~"$statistic"`
const BY = 'instance, interface, statistic, window'

const fixed = (color: string): DynamicConfigValue[] => [
  { id: 'color', value: { mode: 'fixed', fixedColor: color } },
  { id: 'custom.fillOpacity', value: 0 },
]
const marks: DynamicConfigValue[] = [
  ...fixed('red'),
  { id: 'custom.drawStyle', value: 'points' },
  { id: 'custom.pointSize', value: 8 },
  { id: 'custom.showPoints', value: 'always' },
]
/* the peak that the exporter remembers, where windows were anomalous since the last step */
const mark = (extreme: 'max' | 'min', tail: 'upper' | 'lower') =>
  `pktspot_statistic_recent_${extreme}{${ONE}} and on (${BY}) increase(pktspot_statistic_anomalies_total{${ONE},tail="${tail}"}[$__rate_interval]) > 0`

/** One interface: every statistic between its thresholds. */
export const node = dashboard(
  'pktspot-node',
  'Node',
  'One interface of one node: its statistics between their thresholds, and what was anomalous',
)
  .withVariable(one('instance', 'Node', 'pktspot_build_info'))
  .withVariable(one('interface', 'Interface', 'pktspot_source_up{instance="$instance"}'))
  .withVariable(one('window', 'Window (s)', `pktspot_statistic_value{${LINK}}`))
  .withVariable(several('statistic', 'Statistic', `pktspot_statistic_upper_threshold{${WATCHED}}`))
  .withPanel(
    number(
      {
        title: 'Events open',
        description: 'Anomalous episodes that have not ended, in windows of every length',
        unit: 'short',
        at: [0, 0, 4, 4],
        alert: 'PktspotTrafficAnomaly',
      },
      NONE_IS_GOOD,
      now(`sum(pktspot_statistic_event_open{${LINK}})`, 'open'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Events in the time shown',
        description: 'Anomalous episodes that began, in windows of every length',
        unit: 'short',
        at: [4, 0, 4, 4],
        alert: 'PktspotAnomaliesSeen',
      },
      NEUTRAL,
      now(`sum(increase(pktspot_statistic_events_total{${LINK}}[$__range]))`, 'events'),
    ).decimals(0),
  )
  .withPanel(
    number(
      {
        title: 'Expected by chance',
        description:
          'Events a day that all watched tails of the node may raise by chance; more in the first days, while experience is short',
        unit: 'short',
        at: [8, 0, 4, 4],
      },
      NEUTRAL,
      now('pktspot_expected_false_alarms_per_day{instance="$instance"}', 'a day'),
    ).decimals(1),
  )
  .withPanel(
    number(
      {
        title: 'Calibrated',
        description:
          'Share of the watched statistics that have thresholds, in windows of this length',
        unit: 'percentunit',
        at: [12, 0, 4, 4],
        alert: 'PktspotNotCalibrated',
      },
      NEUTRAL,
      now(`avg(pktspot_statistic_calibration_ratio{${WATCHED}} == bool 1)`, 'calibrated'),
    ).decimals(0),
  )
  .withPanel(
    number(
      {
        title: 'Packets received',
        description: 'Frames a second on this interface',
        unit: 'pps',
        at: [16, 0, 4, 4],
      },
      NEUTRAL,
      now(`rate(pktspot_receive_packets_total{${LINK}}[$__rate_interval])`, 'packets'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Bits received',
        description: 'Bits of frames a second, without FCS',
        unit: 'bps',
        at: [20, 0, 4, 4],
      },
      NEUTRAL,
      now(`8 * rate(pktspot_receive_bytes_total{${LINK}}[$__rate_interval])`, 'bits'),
    ),
  )
  .withPanel(
    new timeline.PanelBuilder()
      .title('When which statistic was anomalous')
      .description(
        'Red: windows of the chosen length were beyond a threshold, however short the excursion was',
      )
      .unit('short')
      .datasource(DATASOURCE)
      .gridPos({ x: 0, y: 4, w: 12, h: 15 })
      .mergeValues(true)
      .rowHeight(0.8)
      .showValue(VisibilityMode.Never)
      .thresholds(
        thresholds([
          { value: null, color: 'transparent' },
          { value: 0.001, color: 'red' },
        ]),
      )
      .withTarget(
        over(
          `sum by (statistic) (increase(pktspot_statistic_anomalies_total{${ALL}}[$__rate_interval]))`,
          '{{statistic}}',
        ),
      ),
  )
  .withPanel(
    list(
      {
        title: 'The last window',
        description:
          'Every watched statistic with the thresholds that it was judged against. Probability: of a value at least as far out',
        unit: 'short',
        at: [12, 4, 12, 15],
        alert: 'PktspotStatisticAboveThreshold',
      },
      [
        ['statistic', 'Statistic'],
        ['Value #A', 'Value'],
        ['Value #B', 'Upper threshold'],
        ['Value #C', 'Lower threshold'],
        ['Value #D', 'Probability'],
        ['Value #E', 'Calibrated', 'percentunit'],
      ],
      ...(
        [
          'value',
          'upper_threshold',
          'lower_threshold',
          'anomaly_probability',
          'calibration_ratio',
        ] as const
      ).map((metric, index) =>
        rows(`max by (statistic) (pktspot_statistic_${metric}{${ALL}})`, 'ABCDE'.charAt(index)),
      ),
    ),
  )
  .withRow(new RowBuilder('Statistics and their thresholds').gridPos({ x: 0, y: 19, w: 24, h: 1 }))
  .withPanel(
    lines(
      {
        title: '$statistic',
        description:
          'The value in windows of the chosen length; the band between the thresholds (red lines) is ordinary, beyond the dotted lines values are learned from as the tail, and red points are anomalies at their peak',
        unit: 'short',
        at: [0, 20, 8, 8],
        alert: 'PktspotStatisticAboveThreshold',
      },
      over(`pktspot_statistic_value{${ONE}}`, '{{statistic}}', 'A'),
      over(`pktspot_statistic_upper_threshold{${ONE}}`, '{{statistic}} upper threshold', 'B'),
      over(`pktspot_statistic_lower_threshold{${ONE}}`, '{{statistic}} lower threshold', 'C'),
      over(`pktspot_statistic_upper_excess_threshold{${ONE}}`, '{{statistic}} upper tail', 'D'),
      over(`pktspot_statistic_lower_excess_threshold{${ONE}}`, '{{statistic}} lower tail', 'E'),
      over(mark('max', 'upper'), '{{statistic}} anomaly above', 'F'),
      over(mark('min', 'lower'), '{{statistic}} anomaly below', 'G'),
    )
      .repeat('statistic')
      .repeatDirection('h')
      .maxPerRow(3)
      .overrideByRegexp('/^R_(SYN|ACK|ICMP|IP|ARP|SYN_ONLY)( |$)/', [
        { id: 'unit', value: 'percentunit' },
      ])
      .overrideByRegexp('/^AVG_PKT_SIZE/', [{ id: 'unit', value: 'bytes' }])
      .overrideByRegexp('/^(TRAFFIC|[A-Z0-9_]+_RATE)( |$)/', [{ id: 'unit', value: 'pps' }])
      .overrideByRegexp('/^BYTES_RATE/', [{ id: 'unit', value: 'Bps' }])
      .overrideByRegexp('/upper threshold$/', fixed('semi-dark-red'))
      .overrideByRegexp('/lower threshold$/', fixed('semi-dark-red'))
      .overrideByRegexp('/tail$/', [
        ...fixed('semi-dark-orange'),
        { id: 'custom.lineStyle', value: { fill: 'dot', dash: [2, 6] } },
      ])
      .overrideByRegexp('/anomaly (above|below)$/', marks),
  )
  .build()
