// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { command, must } from './command.ts'
import { network } from './netns.ts'
import { type Running, startRun } from './running.ts'
import type { Scrape } from './scrape.ts'

/** A network namespace whose interfaces come and go, with the program inside. */
export interface Lab {
  readonly namespace: string
  /** Runs `ip` inside; it must succeed. */
  ip(...args: readonly string[]): Promise<string>
  /** Runs lines of `ip -batch` inside, those that fail too. */
  batch(lines: readonly string[]): Promise<void>
  /** Makes a silent pair of links that are up. */
  pair(name: string, peer: string): Promise<void>
  /** Sends a capture file from a link so many times; gives the number of frames. */
  send(from: string, file: string, options?: { loop?: number; perSecond?: number }): Promise<number>
  /** Starts the program inside; it is asked over a link of its own. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Running>
}

/** Makes a namespace, removed with all that is in it when the test ends. */
export async function lab(t: Test): Promise<Lab> {
  const { namespace, addresses } = await network(t, { addressed: true })
  const prefix = ['nsenter', `--net=/run/netns/${namespace}`]
  const within = (...args: readonly string[]) => must('nsenter', ...prefix.slice(1), ...args)
  const ip = (...args: readonly string[]) => within('ip', ...args)
  const batch = async (lines: readonly string[]): Promise<void> => {
    const input = Buffer.from(`${lines.join('\n')}\n`)
    await command('nsenter', [...prefix.slice(1), 'ip', '-force', '-batch', '-'], { input })
  }
  return {
    namespace,
    ip,
    batch,
    async pair(name, peer) {
      await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', peer)
      for (const each of [name, peer]) await ip('link', 'set', each, 'arp', 'off', 'up')
    },
    async send(from, file, { loop = 1, perSecond = 20_000 } = {}) {
      const quiet = ['--quiet', '--no-flow-stats', '--preload-pcap', `--pps=${perSecond}`]
      const sending = ['tcpreplay', ...quiet, `--loop=${loop}`, `--intf1=${from}`, file]
      const { stdout, stderr } = await command('nsenter', [...prefix.slice(1), ...sending], {
        timeout: 300_000,
      })
      const [, sent] = /Successful packets:\s+(\d+)/.exec(stdout) ?? []
      if (sent === undefined || !/Failed packets:\s+0$/m.test(stdout)) {
        throw new Error(`tcpreplay: ${stdout} ${stderr}`)
      }
      return Number(sent)
    },
    start(args, env = {}) {
      const listen = ['--web.listen-address', `${addresses?.there}:0`]
      return startRun(t, [...args, ...listen], { prefix, env })
    },
  }
}

/** Waits at most so many milliseconds until a scrape meets a condition; gives whether it did. */
export async function until(
  running: Running,
  met: (scrape: Scrape) => boolean,
  milliseconds = 10_000,
): Promise<boolean> {
  for (const end = Date.now() + milliseconds; ; await sleep(50)) {
    if (met(await running.scrape())) return true
    if (Date.now() > end) return false
  }
}

/** Names of the interfaces that any series of a scrape is of. */
export function interfacesOf(scrape: Scrape): readonly string[] {
  const names = [...scrape.keys()].flatMap((series) => {
    const [, name] = /[{,]interface="([^"]*)"/.exec(series) ?? []
    return name === undefined ? [] : [name]
  })
  return [...new Set(names)].toSorted()
}

/** What a process holds of the kernel: descriptors by kind, and mapped tables. */
export function held(pid: number): Readonly<Record<string, number>> {
  const kinds: Record<string, number> = { descriptors: 0, mapped: 0 }
  for (const each of readdirSync(`/proc/${pid}/fdinfo`)) {
    const [, kind] = /^(map_id|prog_id|link_id):/m.exec(fdinfo(pid, each)) ?? []
    if (kind) kinds[kind] = (kinds[kind] ?? 0) + 1
    kinds['descriptors'] = (kinds['descriptors'] ?? 0) + 1
  }
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
  kinds['mapped'] = maps.split('\n').filter((line) => line.includes('bpf-map')).length
  return kinds
}

function fdinfo(pid: number, descriptor: string): string {
  try {
    return readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8')
  } catch {
    return ''
  }
}

/** Memory of a process in KiB (proc(5), VmRSS). */
export function residentKilobytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
