// SPDX-License-Identifier: Apache-2.0
import type { Column } from './table.ts'
import type { Traffic } from './traffic.ts'
import { long, short, shortBytes } from './units.ts'

/** Columns of traffic: packets and bytes since the start, packets and bits a second; with units where there is room. */
export function trafficColumns(roomy: boolean): readonly Column[] {
  const number = (title: string, width: number, spare?: number): Column => {
    return { title, kind: 'number', width, ...(spare !== undefined && { spare }) }
  }
  return roomy
    ? [number('Packets', 7, 1), number('pps', 6), number('Bytes', 7, 2), number('bit/s', 11)]
    : [number('Packets', 7, 1), number('pps', 5), number('Bytes', 6, 2), number('bit/s', 5)]
}

/** Cells of those columns. */
export function trafficCells(traffic: Traffic, roomy: boolean): readonly string[] {
  const { packets, bytes, packetsPerSecond, bitsPerSecond } = traffic
  return roomy
    ? [spaced(packets), spaced(packetsPerSecond), long(bytes, 'B'), long(bitsPerSecond, 'bit/s')]
    : [short(packets), short(packetsPerSecond), shortBytes(bytes), short(bitsPerSecond)]
}

function spaced(value: number): string {
  return short(value).replace(/(?=[A-Z]$)/, ' ')
}
