// SPDX-License-Identifier: Apache-2.0

import type { Observed } from '../observed.ts'
import type { Block, Family, Series } from './family.ts'

/** A source and when its last window ended; undefined before the first. */
export interface Standing {
  readonly source: Observed
  readonly lastWindowEnd: Date | undefined
}

/** How a source's packets reach the counters, received ones and transmitted ones. */
export interface Modes {
  readonly mode: string | undefined
  readonly transmit?: string | undefined
}

/** Gives the families of one source's standing; its modes are parts of labels, so they are a parameter. */
export function sourceBlocks(name: string, { mode, transmit }: Modes): Block<Standing>[] {
  const info = (mode: string | undefined): Series<Standing>[] =>
    mode === undefined ? [] : [{ labels: { interface: name, mode }, value: () => 1 }]
  return [
    {
      family: {
        name: 'pktspot_source',
        type: 'info',
        help: 'How packets reach the counters',
        labels: ['interface', 'mode'],
      },
      series: info(mode),
    },
    {
      family: {
        name: 'pktspot_transmit_source',
        type: 'info',
        help: 'How transmitted packets reach the counters',
        labels: ['interface', 'mode'],
      },
      series: info(transmit),
    },
    {
      family: gauge('pktspot_source_up', 'Whether packets are being counted', ['interface']),
      series: [{ labels: { interface: name }, value: ({ source }) => Number(source.up) }],
    },
    {
      family: gauge('pktspot_source_pinned', 'Whether counting goes on when the program ends', [
        'interface',
      ]),
      series: [
        {
          labels: { interface: name },
          value: ({ source }) => Number(source.pinned !== undefined),
        },
      ],
    },
    {
      family: {
        name: 'pktspot_source_reattachments',
        type: 'counter',
        help: 'Times that counting was taken up again after the interface had gone',
        labels: ['interface'],
      },
      series: [{ labels: { interface: name }, value: ({ source }) => source.reattachments }],
    },
    {
      family: gauge(
        'pktspot_last_window_timestamp_seconds',
        'Unix time at which the last window ended',
        ['interface'],
      ),
      series: [
        {
          labels: { interface: name },
          value: ({ lastWindowEnd }) => (lastWindowEnd?.getTime() ?? Number.NaN) / 1000,
        },
      ],
    },
  ]
}

function gauge(name: string, help: string, labels: string[]): Family {
  return { name, type: 'gauge', help, labels }
}
