// SPDX-License-Identifier: Apache-2.0
import { dashboard } from './dashboard.ts'
import { ALL_IS_GOOD, columns, lines, list, NEUTRAL, number } from './panels.ts'
import { now, over, rows } from './queries.ts'
import { CHOSEN, several } from './variables.ts'

const NODE = 'instance=~"$instance"'
const LINK = 'instance, interface'

/** Whether pktspot itself is well. */
export const health = dashboard(
  'pktspot-health',
  'Exporter health',
  'Whether everything is counted, calibrated, written and pushed, and what that costs',
)
  .withVariable(several('instance', 'Node', 'pktspot_build_info'))
  .withVariable(several('interface', 'Interface', 'pktspot_source_up{instance=~"$instance"}'))
  .withPanel(
    number(
      {
        title: 'Scraped',
        description: 'Share of the nodes that answered the last scrape',
        unit: 'percentunit',
        at: [0, 0, 4, 4],
        alert: 'PktspotDown',
      },
      ALL_IS_GOOD,
      now(
        `avg(up{${NODE}} and on (instance, job) max_over_time(pktspot_build_info[1h]) or up{job=~".*pktspot.*",${NODE}})`,
        'up',
      ),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Collectors complete',
        description: 'Share of the groups of metrics that were written whole at the last scrape',
        unit: 'percentunit',
        at: [4, 0, 4, 4],
        alert: 'PktspotCollectorFailed',
      },
      ALL_IS_GOOD,
      now(`avg(pktspot_collector_success{${NODE}})`, 'complete'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'State written',
        description: 'Share of the nodes whose last snapshot of what detectors learned succeeded',
        unit: 'percentunit',
        at: [8, 0, 4, 4],
        alert: 'PktspotStateNotWritten',
      },
      ALL_IS_GOOD,
      now(`avg(pktspot_state_snapshot_success{${NODE}})`, 'written'),
    ).noValue('not kept'),
  )
  .withPanel(
    number(
      {
        title: 'Frames lost',
        description:
          'Share of the frames of the time shown that were lost before they were counted',
        unit: 'percentunit',
        at: [12, 0, 4, 4],
        alert: 'PktspotSourceLostPackets',
      },
      [
        { value: null, color: 'green' },
        { value: 0.001, color: 'red' },
      ],
      now(
        `sum(increase(pktspot_source_lost_packets_total{${CHOSEN}}[$__range])) / (sum(increase(pktspot_source_lost_packets_total{${CHOSEN}}[$__range])) + sum(increase(pktspot_receive_packets_total{${CHOSEN}}[$__range])))`,
        'lost',
      ),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Statistics being calibrated',
        description:
          'Detectors, one a statistic, interface and length of window, without a threshold',
        unit: 'short',
        at: [16, 0, 4, 4],
        alert: 'PktspotNotCalibrated',
      },
      NEUTRAL,
      now(`sum(pktspot_statistic_state{${CHOSEN},state="learning"})`, 'learning'),
    ),
  )
  .withPanel(
    number(
      {
        title: 'Versions',
        description: 'Nodes by the version that they run',
        unit: 'short',
        at: [20, 0, 4, 4],
      },
      NEUTRAL,
      now(`count by (version) (pktspot_build_info{${NODE}})`, '{{version}}'),
    ),
  )
  .withPanel(
    list(
      {
        title: 'Sources',
        description:
          'How packets of each interface reach the counters, when the last window ended, and how often counting had to be taken up again',
        unit: 'short',
        at: [0, 4, 14, 8],
        alert: 'PktspotInterfaceDown',
      },
      [
        ['instance', 'Node'],
        ['interface', 'Interface'],
        ['mode', 'Mode'],
        ['Value #B', 'Counted'],
        ['Value #C', 'Last window', 'dateTimeFromNow'],
        ['Value #D', 'Lost frames'],
        ['Value #E', 'Reattached'],
      ],
      rows(`max by (${LINK}, mode) (pktspot_source_info{${CHOSEN}})`, 'A'),
      rows(`max by (${LINK}) (pktspot_source_up{${CHOSEN}})`, 'B'),
      rows(`1000 * max by (${LINK}) (pktspot_last_window_timestamp_seconds{${CHOSEN}})`, 'C'),
      rows(`max by (${LINK}) (pktspot_source_lost_packets_total{${CHOSEN}})`, 'D'),
      rows(`max by (${LINK}) (pktspot_source_reattachments_total{${CHOSEN}})`, 'E'),
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Frames lost',
        description: 'Frames a second that the source admits it lost: 0 is right',
        unit: 'pps',
        at: [14, 4, 5, 8],
        alert: 'PktspotSourceLostPackets',
      },
      over(
        `rate(pktspot_source_lost_packets_total{${CHOSEN}}[$__rate_interval])`,
        '{{instance}} {{interface}}',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Age of the last window',
        description: 'Time from the end of the last window to the scrape: up to a window',
        unit: 's',
        at: [19, 4, 5, 8],
        alert: 'PktspotWindowLate',
      },
      over(
        `timestamp(pktspot_last_window_timestamp_seconds{${CHOSEN}}) - pktspot_last_window_timestamp_seconds`,
        '{{instance}} {{interface}}',
      ),
    ).min(0),
  )
  .withPanel(
    columns(
      {
        title: 'States of detectors',
        description:
          'Learning: no threshold yet. Degenerate: constant so far, any change is an event',
        unit: 'short',
        at: [0, 12, 8, 8],
        alert: 'PktspotNotCalibrated',
      },
      over(`sum by (state) (pktspot_statistic_state{${CHOSEN}})`, '{{state}}'),
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Calibration',
        description: 'Share of calibration done, the mean of all statistics, by length of window',
        unit: 'percentunit',
        at: [8, 12, 8, 8],
        alert: 'PktspotNotCalibrated',
      },
      over(
        `avg by (window) (pktspot_statistic_calibration_ratio{${CHOSEN}})`,
        'windows of {{window}} s',
      ),
    )
      .min(0)
      .max(1),
  )
  .withPanel(
    lines(
      {
        title: 'Shifts accepted, statistics failed',
        description:
          'Lasting shifts that were taken for the new normal, and windows in which the plugin of a statistic failed',
        unit: 'short',
        at: [16, 12, 8, 8],
        alert: 'PktspotShiftAccepted',
      },
      over(
        `sum(increase(pktspot_statistic_recalibrations_total{${CHOSEN}}[$__rate_interval]))`,
        'shifts accepted',
        'A',
      ),
      over(
        `sum(increase(pktspot_statistic_failures_total{${CHOSEN}}[$__rate_interval]))`,
        'windows failed',
        'B',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Collectors',
        description: 'Time that writing each group of metrics took at a scrape, the slowest node',
        unit: 's',
        at: [0, 20, 8, 8],
        alert: 'PktspotCollectorFailed',
      },
      over(`max by (collector) (pktspot_collector_duration_seconds{${NODE}})`, '{{collector}}'),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'CPU',
        description:
          'Share of one core that the process uses; programs in the kernel are not part of it',
        unit: 'percentunit',
        at: [8, 20, 8, 8],
      },
      over(
        `rate(process_cpu_seconds_total{${NODE}}[$__rate_interval]) and on (instance, job) pktspot_build_info`,
        '{{instance}}',
      ),
    ).min(0),
  )
  .withPanel(
    lines(
      {
        title: 'Memory',
        description: 'Resident memory of the process',
        unit: 'bytes',
        at: [16, 20, 8, 8],
      },
      over(
        `process_resident_memory_bytes{${NODE}} and on (instance, job) pktspot_build_info`,
        '{{instance}}',
      ),
    ).min(0),
  )
  .withPanel(
    list(
      {
        title: 'Tables of groups',
        description:
          'A full table of candidates is no fault, they give way to each other; what matters is how far their ranking may err, and keys of the top that wait for a series',
        unit: 'short',
        at: [0, 28, 14, 8],
        alert: 'PktspotGroupRankingUncertain',
      },
      [
        ['instance', 'Node'],
        ['interface', 'Interface'],
        ['group', 'Group'],
        ['Value #A', 'Full', 'percentunit'],
        ['Value #B', 'Ranking errs by'],
        ['Value #C', 'Keys shown'],
        ['Value #D', 'Keys waiting'],
        ['Value #E', 'Memory', 'bytes'],
      ],
      ...(
        [
          'table_fill_ratio',
          'candidate_error_bound',
          'exposed_keys',
          'waiting_keys',
          'table_bytes',
        ] as const
      ).map((metric, index) =>
        rows(`max by (${LINK}, group) (pktspot_group_${metric}{${CHOSEN}})`, 'ABCDE'.charAt(index)),
      ),
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Age of the snapshot',
        description: 'Time since what detectors learned was last written for the next start',
        unit: 's',
        at: [14, 28, 5, 8],
        alert: 'PktspotStateNotWritten',
      },
      over(`time() - pktspot_state_last_snapshot_timestamp_seconds{${NODE}}`, '{{instance}}'),
    ).min(0),
  )
  .withPanel(
    columns(
      {
        title: 'OTLP',
        description: 'Exports that arrived, failed and were left out, where pushing is enabled',
        unit: 'short',
        at: [19, 28, 5, 8],
        alert: 'PktspotOtlpFailing',
      },
      over(
        `sum(increase(pktspot_otlp_exports_total{${NODE}}[$__rate_interval]) - increase(pktspot_otlp_failures_total{${NODE}}[$__rate_interval]))`,
        'arrived',
        'A',
      ),
      over(`sum(increase(pktspot_otlp_failures_total{${NODE}}[$__rate_interval]))`, 'failed', 'B'),
      over(`sum(increase(pktspot_otlp_skipped_total{${NODE}}[$__rate_interval]))`, 'left out', 'C'),
    ),
  )
  .build()
