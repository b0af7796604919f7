// SPDX-License-Identifier: Apache-2.0
import type { Opening, OpenSums } from '../capture/beside.ts'
import { randomSeed } from '../capture/layout.ts'
import type { AddedSums } from '../counters/added-sums.ts'
import { CaptureError } from '../errors.ts'
import type { Handle, NativeError } from '../native/binding.ts'
import { deal } from './deal.ts'
import type { PluginInstance } from './instance.ts'
import { wantedBits } from './layers.ts'

/** Milliseconds between two looks for packets, and bytes kept meanwhile: some 50,000 frames, for when we are late. */
const PAUSE = 20
const KEPT_BYTES = 8 * 2 ** 20

/** Ring of a packet socket that is opened beside a source. */
const RING_BYTES = 8 * 2 ** 20

const FIRST_ROOM = 2 ** 16

/** How packets reach the plugins of one source. */
export interface FeedStanding {
  /** Frames that they were not given, since the program started. */
  missed: bigint
}

/**
 * Makes what feeds a source's plugins: from its own packets where they are counted in user space, else from a packet
 * socket beside it, of which `info` is told. Throws SOCKET_OPEN when that cannot be.
 */
export function pluginFeed(
  { counters, parts }: PluginInstance,
  standing: FeedStanding,
  info: (line: string) => void,
): OpenSums {
  const wanted = wantedBits(parts.map(({ layer }) => layer))
  return (opening) => {
    const { addon, handle: source, name, mode } = opening
    const isFile = mode === 'pcap-file'
    const isOwn = isFile || mode === 'packet-socket' || mode === 'libpcap'
    const beside = isOwn ? undefined : socketBeside(opening)
    const handle = beside ?? source
    addon.keepFrames(handle, isFile ? 0 : KEPT_BYTES, wanted)
    if (beside) {
      addon.startPacketSocket(beside)
      info(
        `plugins on ${name} count by a packet socket beside ${mode}, which the kernel's programs cannot call`,
      )
    }
    const dealer = deal(parts)
    const base = counters.map((each) => each.settle())
    const lost = new BigUint64Array(1)
    const sizes = addon.sizes(0)
    const [slots, clocks] = [new BigUint64Array(sizes.slots), new BigUint64Array(sizes.clocks)]
    const [missed, missedBefore] = [new BigUint64Array(1), standing.missed]
    let room = new Uint8Array(FIRST_ROOM)

    function drain(): void {
      let bytes = addon.takeFrames(handle, room, missed)
      while (bytes > room.length) {
        room = new Uint8Array(2 * bytes)
        bytes = addon.takeFrames(handle, room, missed)
      }
      if (bytes > 0) dealer(room.subarray(0, bytes))
    }
    const timer = isFile ? undefined : setInterval(drain, PAUSE)
    timer?.unref()
    return {
      count: counters.length,
      fed: drain,
      read(into, ends) {
        drain()
        if (beside) addon.look(beside, slots, clocks, lost)
        standing.missed = missedBefore + (missed[0] ?? 0n) + (lost[0] ?? 0n)
        for (const [at, each] of counters.entries()) {
          into[at] = (ends ? each.settle() : each.total()) - (base[at] ?? 0n)
        }
      },
      close() {
        clearInterval(timer)
        if (beside) addon.close(beside)
      },
    } satisfies AddedSums
  }
}

function socketBeside({ addon, name, target }: Opening): Handle {
  const { ifindex, raw } = target ?? { ifindex: 0, raw: false }
  const { bitsMin } = addon.sizes(0)
  try {
    return addon.openPacketSocket(ifindex, RING_BYTES, bitsMin, randomSeed(), raw, true)
  } catch (cause) {
    const { message } = cause as NativeError
    throw new CaptureError(
      'SOCKET_OPEN',
      `${name}: plugins count by a packet socket, which could not be opened: ${message}; it needs the capability NET_RAW`,
      { cause },
    )
  }
}
