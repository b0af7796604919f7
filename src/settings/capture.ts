// SPDX-License-Identifier: Apache-2.0
import { choice, list, nullable, number, numbers, text, yesOrNo } from './format.ts'
import { size } from './quantity.ts'
import type { Section } from './setting.ts'

/** How `source` may be asked for. */
export type SourceChoice = 'auto' | 'tcx' | 'xdp' | 'xdp-generic' | 'packet-socket' | 'libpcap'

/** Where packets are counted, how, and for how long a window. */
export interface CaptureSettings {
  /** Names, patterns (`eth*`), exclusions (`!veth*`) and `default-route`. */
  readonly interfaces: readonly string[]
  readonly source: SourceChoice
  /** Whether transmitted frames are counted beside received ones. */
  readonly transmit: boolean
  /** Length of a window in seconds. */
  readonly period: number
  /** Lengths of the windows that statistics are computed over, in seconds; null: the period and ten times it. */
  readonly windows: readonly number[] | null
  /** Budget of the kernel's tables in bytes. */
  readonly kernel_memory: number
}

const DAY_MS = 86_400_000

/** Longest window in seconds. */
const LONGEST = 3600

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
    doc: 'How packets reach the counters; `auto` takes tcx, else xdp-generic, else packet-socket, and `libpcap` needs the npm package cap',
    default: 'auto',
    flag: { name: 'source', value: 'source' },
    format: choice(['auto', 'tcx', 'xdp', 'xdp-generic', 'packet-socket', 'libpcap']),
  },
  transmit: {
    doc: 'Whether transmitted frames are counted too, apart from received ones; see docs/transmit.md',
    default: true,
    flag: { name: 'transmit', value: 'true|false' },
    format: yesOrNo,
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
  windows: {
    doc: 'Lengths of the windows that statistics are computed over in seconds: multiples of `period`; `null`: the period and ten times it',
    default: null,
    format: nullable(
      numbers(
        'one to four lengths in seconds, from 0.1 to 3600, such as [1, 10, 60]',
        (lengths) =>
          lengths.length >= 1 &&
          lengths.length <= 4 &&
          lengths.every((seconds) => seconds >= 0.1 && seconds <= LONGEST),
      ),
    ),
  },
  kernel_memory: {
    doc: 'Most memory that the tables in the kernel may take',
    default: 32 * 2 ** 20,
    format: size(2 ** 20, 4 * 2 ** 30),
  },
}

/** Lengths of the windows that statistics are computed over, in seconds, ascending. */
export function windowPeriods({
  period,
  windows,
}: Pick<CaptureSettings, 'period' | 'windows'>): readonly number[] {
  const usual = 10 * period > LONGEST ? [period] : [period, 10 * period]
  return [...new Set(windows ?? usual)].toSorted((a, b) => a - b)
}

/** Tells whether a length is made of whole periods; both in seconds. */
export function isMultiple(seconds: number, period: number): boolean {
  const [length, base] = [seconds, period].map((each) => Math.round(each * 1000)) as [
    number,
    number,
  ]
  return Math.abs(length - seconds * 1000) < 1e-6 && length % base === 0
}

function dividesDay(seconds: number): boolean {
  if (seconds < 0.1 || seconds > LONGEST) return false
  const milliseconds = Math.round(seconds * 1000)
  return Math.abs(milliseconds - seconds * 1000) < 1e-6 && DAY_MS % milliseconds === 0
}
