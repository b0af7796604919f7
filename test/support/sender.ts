// SPDX-License-Identifier: Apache-2.0
import type { Test } from 'tap'
import { command } from './command.ts'
import { compile } from './compile.ts'
import type { Network } from './netns.ts'

/** What to send: Zipf-distributed sources 10.0.0.0 + key, each with its own ports, protocol and length. */
export interface Traffic {
  /** Frames a second. */
  readonly rate: number
  readonly seconds: number
  /** Sources; 10,000 by default. */
  readonly keys?: number
  /** Of the Zipf distribution; 1.1 by default. */
  readonly exponent?: number
  /** Seconds after which the most popular source becomes the least, and all others move up; never by default. */
  readonly churnSeconds?: number
  readonly seed?: number
  /** Gives every frame a source address of its own in 64.0.0.0/2. */
  readonly flood?: boolean
}

/** What was sent, exactly, and how long it took. */
export interface SentTraffic {
  readonly packets: number
  /** Without the frame check sequence. */
  readonly bytes: number
  readonly seconds: number
}

/** Sends from the far end of a link. */
export type Sender = (link: Network, traffic: Traffic) => Promise<SentTraffic>

/** Compiles the traffic sender, for one test or file of tests. */
export async function trafficSender(t: Test): Promise<Sender> {
  const program = await compile(t, 'test/support/sender.c')
  return async (link, traffic) => {
    const { seconds } = traffic
    const inside = `--net=/run/netns/${link.namespace}`
    const args = [inside, program, ...flags(link.there, traffic)]
    const finished = await command('nsenter', args, { timeout: (seconds + 30) * 1000 })
    const { code, stdout, stderr } = finished
    if (code !== 0) throw new Error(`sender: exit ${code}: ${stderr.trim()}`)
    return JSON.parse(stdout) as SentTraffic
  }
}

function flags(device: string, traffic: Traffic): string[] {
  const { rate, seconds, keys = 10_000, exponent = 1.1 } = traffic
  const { churnSeconds = 0, seed = 1, flood = false } = traffic
  const values = { rate, seconds, keys, exponent, 'churn-seconds': churnSeconds, seed }
  const named = Object.entries(values).map(([name, value]) => `--${name}=${value}`)
  return [`--interface=${device}`, ...named, ...(flood ? ['--flood'] : [])]
}
