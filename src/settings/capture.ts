// SPDX-License-Identifier: Apache-2.0
import { choice, list, number, text } from './format.ts'
import { size } from './quantity.ts'
import type { Section } from './setting.ts'

/** How `source` may be asked for. */
export type SourceChoice = 'auto' | 'tcx' | 'xdp' | 'xdp-generic' | 'packet-socket'

/** Where packets are counted, how, and for how long a window. */
export interface CaptureSettings {
  /** Names, patterns (`eth*`), exclusions (`!veth*`) and `default-route`. */
  readonly interfaces: readonly string[]
  readonly source: SourceChoice
  /** Length of a window in seconds. */
  readonly period: number
  /** Budget of the kernel's tables in bytes. */
  readonly kernel_memory: number
}

const DAY_MS = 86_400_000

/** Names hold 15 characters at most (IFNAMSIZ of linux/if.h less its final zero). */
const INTERFACE = /^(?:!?[^\s/:,*?!]{1,15}|!?(?=[^*?]*[*?])[^\s/:,!]+)$/

export const capture: Section<CaptureSettings> = {
  interfaces: {
    doc: 'Interfaces to count on: names, patterns (`eth*`), exclusions (`!veth*`), `default-route`',
    default: ['default-route'],
    flag: { name: 'interface', short: 'i', value: 'name' },
    format: list(
      text(
        'an interface name of at most 15 characters, a pattern such as eth*, an exclusion such as !veth*, or default-route',
        (name) => INTERFACE.test(name),
      ),
      1,
    ),
  },
  source: {
    doc: 'How packets reach the counters; `auto` takes tcx, else xdp-generic, else packet-socket',
    default: 'auto',
    flag: { name: 'source', value: 'source' },
    format: choice(['auto', 'tcx', 'xdp', 'xdp-generic', 'packet-socket']),
  },
  period: {
    doc: 'Length of a window in seconds; whole windows make a day',
    default: 1,
    flag: { name: 'period', value: 'seconds' },
    format: number(
      'seconds from 0.1 to 3600, in whole milliseconds, that divide a day evenly, such as 0.5, 1, 10 or 60',
      dividesDay,
    ),
  },
  kernel_memory: {
    doc: 'Most memory that the tables in the kernel may take',
    default: 32 * 2 ** 20,
    format: size(2 ** 20, 4 * 2 ** 30),
  },
}

function dividesDay(seconds: number): boolean {
  if (seconds < 0.1 || seconds > 3600) return false
  const milliseconds = Math.round(seconds * 1000)
  return Math.abs(milliseconds - seconds * 1000) < 1e-6 && DAY_MS % milliseconds === 0
}
