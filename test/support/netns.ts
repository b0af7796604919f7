// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { command, type Finished, must } from './command.ts'

/** A pair of virtual interfaces, one end in a network namespace of its own. */
export interface Network {
  readonly namespace: string
  /** Our end, where frames arrive. */
  readonly here: string
  /** The end inside the namespace, where frames are sent. */
  readonly there: string
  /** Addresses of both ends; undefined unless asked for. */
  readonly addresses: { readonly here: string; readonly there: string } | undefined
  /** Runs a command inside the network namespace, with our file system. */
  inside(file: string, ...args: readonly string[]): Promise<Finished>
  /** Sends a capture file from the far end and gives the number of frames that the kernel took. */
  send(file: string, options?: SendOptions): Promise<Sent>
  /** What the kernel counted on our end. */
  received(): Promise<{ packets: number; bytes: number }>
}

export interface SendOptions {
  /** Times the whole file is sent. */
  readonly loop?: number
  /** Frames a second; as fast as possible by default. */
  readonly perSecond?: number
  /** CPU that the sender is pinned to. */
  readonly cpu?: number
}

export interface Sent {
  readonly packets: number
  readonly refused: number
}

export interface NetworkOptions {
  readonly mtu?: number
  /** Queues of both ends; with several, native XDP runs on several CPUs. */
  readonly queues?: number
  /** Gives both ends an IPv4 address and ARP; without, nothing but what is sent crosses the link. */
  readonly addressed?: boolean
}

/** Has no frames merged on our end: the slots of libpcap's ring are then a frame long, and thousands. */
export async function withoutOffloads({ here }: Network): Promise<void> {
  await must('ethtool', '-K', here, 'tso', 'off', 'gso', 'off', 'gro', 'off')
}

/** Makes a silent link into a namespace; both are removed when the test ends. */
export async function network(t: Test, options: NetworkOptions = {}): Promise<Network> {
  const { mtu = 1500, queues = 1, addressed = false } = options
  const tag = randomBytes(3).toString('hex')
  const [namespace, here, there] = [`pktspot-${tag}`, `ps${tag}h`, `ps${tag}t`]
  const second = 1 + (Number.parseInt(tag, 16) % 250)
  const ends = { here: `10.203.${second}.1`, there: `10.203.${second}.2` }
  const inside = (file: string, ...args: readonly string[]): Promise<Finished> =>
    command('nsenter', [`--net=/run/netns/${namespace}`, file, ...args])
  const mustInside = (...args: readonly string[]): Promise<string> =>
    must('nsenter', `--net=/run/netns/${namespace}`, ...args)

  await must('ip', 'netns', 'add', namespace)
  t.teardown(async () => {
    await command('ip', ['link', 'delete', here])
    await must('ip', 'netns', 'delete', namespace)
  })
  /* IPv6 would announce itself: no addresses, no router solicitations, no multicast reports */
  await mustInside('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
  await mustInside('sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1')
  const count = String(queues)
  const shape = ['mtu', String(mtu), 'numtxqueues', count, 'numrxqueues', count]
  const peer = ['peer', 'name', there, ...shape, 'netns', namespace]
  await must('ip', 'link', 'add', here, ...shape, 'type', 'veth', ...peer)
  await must('sysctl', '-qw', `net.ipv6.conf.${here}.disable_ipv6=1`)
  const arp = addressed ? 'on' : 'off'
  if (addressed) {
    await must('ip', 'address', 'add', `${ends.here}/24`, 'dev', here)
    await mustInside('ip', 'address', 'add', `${ends.there}/24`, 'dev', there)
  }
  await must('ip', 'link', 'set', here, 'arp', arp, 'up')
  await mustInside('ip', 'link', 'set', 'lo', 'up')
  await mustInside('ip', 'link', 'set', there, 'arp', arp, 'up')

  return {
    namespace,
    here,
    there,
    addresses: addressed ? ends : undefined,
    inside,
    send: async (file, sending = {}) => {
      const finished = await inside(...replayCommand(there, file, sending))
      return sentOf(finished)
    },
    received: async () => {
      const output = await must('ip', '-json', '-statistics', 'link', 'show', here)
      const [link] = JSON.parse(output) as {
        stats64: { rx: { packets: number; bytes: number } }
      }[]
      if (!link) throw new Error(`${here} is gone`)
      return { packets: link.stats64.rx.packets, bytes: link.stats64.rx.bytes }
    },
  }
}

function replayCommand(there: string, file: string, options: SendOptions): [string, ...string[]] {
  const { loop = 1, perSecond, cpu } = options
  const rate = perSecond === undefined ? '--topspeed' : `--pps=${perSecond}`
  const pin = cpu === undefined ? [] : ['taskset', '--cpu-list', String(cpu)]
  const quiet = ['--quiet', '--no-flow-stats', '--preload-pcap']
  const sender = ['tcpreplay', ...quiet, `--loop=${loop}`, rate, `--intf1=${there}`, file]
  const [first = 'tcpreplay', ...rest] = [...pin, ...sender]
  return [first, ...rest]
}

function sentOf({ code, stdout, stderr }: Finished): Sent {
  const number = (label: string): number | undefined => {
    const found = new RegExp(`${label} packets:\\s+(\\d+)`).exec(stdout)
    return found?.[1] === undefined ? undefined : Number(found[1])
  }
  const [packets, refused] = [number('Successful'), number('Failed')]
  if (code !== 0 || packets === undefined || refused === undefined) {
    throw new Error(`tcpreplay: exit ${code}: ${stderr.slice(0, 500)}`)
  }
  return { packets, refused }
}
