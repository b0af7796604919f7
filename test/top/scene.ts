// SPDX-License-Identifier: Apache-2.0
import { chosenGroups } from '../../src/groups/enabled.ts'
import { keyWords } from '../../src/groups/key-text.ts'
import { labelOf } from '../../src/groups/labels.ts'
import { countedGroup } from '../../src/groups/spec.ts'
import { loadAddon } from '../../src/native/binding.ts'
import type { Program } from '../../src/top/arrange.ts'
import type { GroupTraffic, InterfaceTally, KeyTraffic } from '../../src/top/frame.ts'
import { panelsOf, type Scene } from '../../src/top/panels.ts'
import type { Judged } from '../../src/top/statistics-panel.ts'
import { sumOf } from '../../src/top/traffic.ts'
import { R_SYN } from '../monitor/made.ts'

const NAMES = ['protocols', 'src_ip', 'dst_port', 'flows', 'sizes', 'icmp', 'icmp6']

/** The view's groups as they are. */
export async function programOf(most = 10): Promise<Program> {
  const privacy = { ipv4_prefix: 32, ipv6_prefix: 128 }
  const { all, enabled } = await chosenGroups({ counter_groups: NAMES, privacy })
  const context = { privacy, fields: loadAddon().keyFields(), seed: 1n }
  const groups = enabled.map((group) => countedGroup(group, context))
  return { groups, panels: panelsOf(groups, (group) => labelOf(group, all)), most, interval: 1 }
}

/** Keys with so many packets each, falling from the first on; `scale` packets are the last one's. */
export function interfaceOf(
  { groups }: Program,
  name: string,
  keys: Readonly<Record<string, readonly string[]>>,
  scale = 1,
): InterfaceTally {
  const tallies = groups.map(({ group, closedKeys }): GroupTraffic => {
    const texts = keys[group.name] ?? []
    const words = closedKeys ?? texts.map((text) => keyWords(group, text) ?? [])
    const traffic = words.map((key, at): KeyTraffic => {
      const packets = scale * (words.length - at)
      const rates = { packetsPerSecond: packets / 2, bitsPerSecond: 400 * packets }
      return { id: key.join(' '), key, packets, bytes: 100 * packets, ...rates }
    })
    return { total: sumOf(traffic), keys: traffic }
  })
  const total = tallies[0]?.total ?? sumOf([])
  return { name, mode: 'xdp-generic', total, lost: 0, groups: tallies }
}

/** Twelve sources, ports and flows, with the longest addresses among them. */
export const KEYS = {
  src_ip: Array.from({ length: 12 }, (_, at) => `192.168.100.${100 + at}`),
  dst_port: Array.from({ length: 12 }, (_, at) => `${at % 2 ? 'udp' : 'tcp'}/${65_524 + at}`),
  flows: [
    'tcp/2001:db8:1111:2222:3333:4444:5555:6666/65535/2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff/443',
    ...Array.from({ length: 11 }, (_, at) => `udp/192.168.100.${100 + at}/65535/203.0.113.255/53`),
  ],
}

/** A statistic in each of its states. */
export function judgedOf(name: string): Judged[] {
  const tail = {
    tail: 'upper' as const,
    threshold: 0.9,
    excessThreshold: 0.8,
    falseAlarmRatio: 1e-4,
    targetRatio: 1e-4,
    level: 0.98,
    stored: 20,
    fit: undefined,
    anomalies: 0,
    events: 0,
    excesses: 0,
  }
  const states = [
    { verdict: 'normal', state: 'calibrated', value: 0.1, eventOpen: false },
    { verdict: 'learning', state: 'learning', value: 0.2, eventOpen: false },
    { verdict: 'anomaly', state: 'calibrated', value: 0.95, eventOpen: true },
  ] as const
  return states.map(({ verdict, state, value, eventOpen }, at) => ({
    interface: name,
    window: 10 ** at,
    sample: {
      statistic: R_SYN,
      value,
      judgement: {
        verdict,
        ...(verdict === 'anomaly' && { tail: 'upper' as const }),
        probability: 0.5,
        lower: Number.NaN,
        upper: verdict === 'learning' ? Number.NaN : 0.9,
        opens: false,
      },
      status: {
        values: 430,
        recalibrations: 0,
        tails: [{ ...tail, state, eventOpen, calibration: 0.43 }],
      },
      recentMax: value,
      recentMin: value,
      windows: 430,
      failures: 0,
    },
  }))
}

/** A busy moment at these interfaces. */
export function sceneOf(program: Program, names: readonly string[], scale = 1): Scene {
  return {
    frame: {
      time: new Date(2026, 0, 5, 12, 34, 56),
      interfaces: names.map((name) => interfaceOf(program, name, KEYS, scale)),
    },
    judged: names.flatMap(judgedOf),
    notice: undefined,
  }
}
