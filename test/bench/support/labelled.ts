// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { lines, pktspot } from '../../support/replay.ts'

/** An attack that was put into a capture. */
export interface Attack {
  readonly attack: string
  /** Unix seconds. */
  readonly start: number
  readonly end: number
  readonly should_fire_1s: readonly string[]
  readonly should_fire_10s: readonly string[]
}

/** A capture and the attacks in it, none in a control. */
export interface Labelled {
  readonly name: string
  readonly path: string
  readonly attacks: readonly Attack[]
}

/** One window as `replay` prints it. */
export interface Row {
  readonly kind: string
  readonly time: string
  readonly window: number
  readonly statistic: string
  readonly statistics: Readonly<Record<string, { value: number | null; verdict: string }>>
}

/** Statistics that stand for the columns that labels name, where the names differ. */
const STATISTICS: Readonly<Record<string, string>> = {
  PKTS: 'PKTS_RATE',
  BYTES: 'BYTES_RATE',
  IP: 'TRAFFIC',
  IP6: 'IP6_RATE',
  TCP: 'TCP_RATE',
  UDP: 'UDP_RATE',
  ICMP: 'ICMP_RATE',
  ICMP6: 'ICMP_RATE',
  ARP: 'ARP_RATE',
  FRAG: 'FRAG_RATE',
  RST: 'RST_RATE',
  SYN: 'SYN_ONLY_RATE',
  SYN_ONLY: 'SYN_ONLY_RATE',
  DST_PORTS: 'UNIQ_DST_PORT',
  TCP_DST_PORTS: 'UNIQ_DST_PORT',
}

/** Reads the folder's labels, controls first. */
export function readLabelled(folder: string): readonly Labelled[] {
  const labels = JSON.parse(readFileSync(join(folder, 'labels_shared.json'), 'utf8')) as Record<
    string,
    { events: readonly Attack[] }
  >
  const files = readdirSync(folder)
  const all = Object.entries(labels).map(([label, { events }]) => {
    const name = basename(label, '.pcap')
    const file = files.find((each) => each.startsWith(name) && /\.pcap(\.gz)?$/.test(each))
    if (!file) throw new Error(`${folder}: no capture of ${name}`)
    return { name: name.split('_', 1)[0] ?? name, path: join(folder, file), attacks: events }
  })
  return all.sort((a, b) => a.attacks.length - b.attacks.length || (a.name < b.name ? -1 : 1))
}

/**
 * Replays a capture with the shipped settings; gives the windows of one length, and the events. A
 * length that is not shipped becomes the period.
 */
export async function replayed(path: string, seconds: number): Promise<readonly Row[]> {
  const run = async (...flags: readonly string[]): Promise<Row[]> => {
    const { code, stdout, stderr } = await pktspot(['replay', ...flags, path])
    if (code !== 0) throw new Error(`${path}: ${stderr}`)
    return lines<Row>(stdout).filter(({ window }) => window === seconds)
  }
  const shipped = await run()
  return shipped.length > 0 ? shipped : run('--period', `${seconds}`)
}

/** Which of the statistics named for an attack saw it, and how many windows after it began. */
export function seenBy(rows: readonly Row[], attack: Attack, seconds: number): Map<string, number> {
  const data = rows.filter(({ kind }) => kind === 'data')
  const began = (row: Row): number => Date.parse(row.time) / 1000
  const first = data.findIndex((row) => began(row) + seconds > attack.start)
  const past = data.findIndex((row) => began(row) > attack.end)
  const last = past < 0 ? data.length : past
  const named = seconds < 10 ? attack.should_fire_1s : attack.should_fire_10s
  const known = Object.keys(data[0]?.statistics ?? {})
  const statistics = [...new Set(named.map((name) => STATISTICS[name] ?? name))].filter((name) =>
    known.includes(name),
  )
  const values = (name: string, from: number, to: number): number[] =>
    data.slice(from, to).map((row) => row.statistics[name]?.value ?? Number.NEGATIVE_INFINITY)
  /* some begin slowly: what counts is when a statistic leaves what it was before */
  const rises = statistics
    .map((name) => {
      const most = values(name, 0, first).reduce((a, b) => Math.max(a, b))
      return values(name, first, last).findIndex((value) => value > most)
    })
    .filter((at) => at >= 0)
  const start = first + (rises.length > 0 ? Math.min(...rises) : 0)
  const found = statistics.flatMap((name) => {
    const after = data
      .slice(start, last)
      .findIndex((row) => row.statistics[name]?.verdict === 'anomaly')
    return after < 0 ? [] : [[name, after] as const]
  })
  return new Map(found)
}
