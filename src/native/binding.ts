// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import type { Catalog, Counter, Kind, Layer } from '../counters/catalog.ts'
import { metricName } from '../counters/metric-name.ts'
import { knowingTransmit } from '../counters/transmit.ts'
import { PktspotError } from '../errors.ts'
import type { DropsAddon } from './drops.ts'
import type { FilterAddon } from './filters.ts'
import type { Handle } from './handle.ts'
import type { LinkAddon } from './links.ts'
import type { PinAddon } from './pins.ts'

export type { Handle } from './handle.ts'
export type { NativePins } from './pins.ts'

/** Where the kernel's program is attached. */
export const HOOK = { xdp: 0, 'xdp-generic': 1, tcx: 2, 'tcx-egress': 3 } as const

/** Error of a native step: `code` is errno's name, `log` the verifier's words. */
export interface NativeError extends Error {
  readonly code: string
  readonly step: string
  readonly log?: string
}

/** Lengths of a reading's arrays and bytes of the tables with p bits of HyperLogLog precision. */
export interface Sizes {
  readonly slots: number
  readonly distinct: number
  readonly clocks: number
  readonly tableBytes: number
  readonly epochBytes: number
  readonly bitsMin: number
  readonly bitsMax: number
}

/** An interface of this network namespace; flags are 0 or 1, `raw` means no link header. */
export interface Interface {
  readonly name: string
  readonly index: number
  readonly up?: number
  readonly raw?: number
  readonly mtu?: number
}

/** What is wrong with a capture file. */
export type Defect =
  | 'empty'
  | 'magic'
  | 'cut'
  | 'record'
  | 'byteOrder'
  | 'block'
  | 'packet'
  | 'port'
  | 'ports'

/** Where a capture file's reader stopped in a piece. */
export interface Fed {
  /** `more`: all whole records are counted; `boundary`: the next packet is of a later window; `defect`: the file is broken here. */
  readonly stop: 'more' | 'boundary' | 'defect'
  /** Index into the piece, of the first byte that was not consumed. */
  readonly from: number
  /** Bytes from there that the next record needs, as far as is known. */
  readonly need: number
  /** Time of the packet beyond the boundary and greatest time of a counted one, unix nanoseconds. */
  readonly time: bigint
  readonly latest: bigint
  readonly defect?: Defect
  /** The number that is wrong, or a length: see capture_file.h. */
  readonly detail?: number
  /** Byte of the file that the defective record begins at. */
  readonly offset?: number
}

/** A field of packets that keys are made of. */
export interface NativeKeyField {
  readonly name: string
  readonly help: string
  readonly bits: number
  readonly index: number
}

/** How full a group is; see `GroupFill`. */
export interface NativeGroupFill {
  readonly tracked: number
  readonly room: number
  readonly evictions: bigint
  readonly error: bigint
  readonly bytes: number
}

/** The addon's surface: numbers, buffers and handles; nothing per packet, and checks are the caller's. */
export interface Addon extends FilterAddon, DropsAddon, LinkAddon, PinAddon {
  catalog(): (Omit<Counter, 'layers' | 'layer' | 'kind'> & { layer: string; kind: string })[]
  sizes(bits: number): Sizes
  interfaces(): Interface[]
  /** Looks one up by its name; undefined when there is none. */
  interfaceOf(name: string): Interface | undefined
  /** Index of an interface; 0 when there is none of that name. */
  interfaceIndex(name: string): number
  /**
   * Loads a kernel program and maps its tables; attaches nothing. In a folder of pins it goes on with the tables beside
   * the link that is pinned there, which must be of this layout, or else pins its own. Throws NativeError.
   */
  openKernel(
    hook: number,
    cpus: number,
    bits: number,
    seed: bigint,
    frags: boolean,
    raw: boolean,
    pins?: string,
  ): Handle
  /** Attaches the program; a link that was pinned goes on with it from one packet to the next. */
  attachKernel(source: Handle, ifindex: number): void
  /** Has the kernel run the program over one frame of at least 14 bytes (BPF_PROG_TEST_RUN). */
  testKernel(
    source: Handle,
    frame: Uint8Array,
    repeat: number,
  ): { verdict: number; nanoseconds: number }
  /**
   * Writes what counting cost up to now: packets that came, nanoseconds of a CPU (of the kernel's programs by timing one
   * packet in 1021), and bits of the places that are taken: 0 the filters', 1 to 16 the groups'.
   */
  readLoad(source: Handle, load: BigUint64Array): void
  /** Has packets be counted into less: 0 nothing shed, 1 not the filters, 2 nor the groups, 3 nowhere. */
  shed(source: Handle, what: number): void
  /**
   * Opens a packet socket and counts in a thread; `held`: from `startPacketSocket` on, packets wait in the ring until
   * then. `transmit`: counts what leaves instead of what arrives.
   */
  openPacketSocket(
    ifindex: number,
    ringBytes: number,
    bits: number,
    seed: bigint,
    raw: boolean,
    held?: boolean,
    transmit?: boolean,
  ): Handle
  startPacketSocket(source: Handle): void
  openFrames(tables: number, bits: number, seed: bigint): Handle
  countFrame(
    source: Handle,
    table: number,
    frame: Uint8Array,
    wireBytes: number,
    segments: number,
    segmentBytes: number,
  ): void
  /** Opens a capture file's counters; packet i goes into table i modulo `tables`. */
  openCapture(tables: number, bits: number, seed: bigint): Handle
  /** Counts the records in [from, to) of a piece that are earlier than `untilNs`; `last`: nothing follows the piece. */
  feedCapture(
    source: Handle,
    piece: Uint8Array,
    from: number,
    to: number,
    untilNs: bigint,
    last: boolean,
  ): Fed
  /** Bytes of a packet that the source's filters look at, at most. */
  captureReach(source: Handle): number
  /**
   * Has a packet socket of this process pass one direction alone; gives how many packets its ring holds from before. -1: not
   * a packet socket. For a process of its own, which leaves no core behind from then on. Throws NativeError.
   */
  takePacketSocket(fd: number, outgoing: boolean): number
  /** Packets that found no room in the ring of a packet socket since the last call. */
  lostPackets(fd: number): number
  /**
   * Keeps what a packet socket or a capture file counts from now on, of packets with any of these layers (0: of all), to
   * be taken: as much as fits so many bytes, or with 0 as much as there is.
   */
  keepFrames(source: Handle, bytes: number, layers: number): void
  /**
   * Copies the frames kept since the last call (`struct kept_frame` of native/addon/frame_batches.c) and gives their
   * length in bytes; if it exceeds `into`, nothing is taken. Writes how many frames did not fit since the beginning.
   */
  takeFrames(source: Handle, into: Uint8Array, missed: BigUint64Array): number
  look(source: Handle, slots: BigUint64Array, clocks: BigUint64Array, lost: BigUint64Array): void
  cut(
    source: Handle,
    slots: BigUint64Array,
    clocks: BigUint64Array,
    lost: BigUint64Array,
    distinct: Float64Array,
    sketches: Uint8Array,
  ): Promise<void>
  cutNow(
    source: Handle,
    slots: BigUint64Array,
    clocks: BigUint64Array,
    lost: BigUint64Array,
    distinct: Float64Array,
    sketches: Uint8Array,
  ): void
  /** Copies the running epoch's sketches, merged over the tables. */
  sketches(source: Handle): Buffer
  /** Length of one epoch's sketches. */
  sketchBytes(source: Handle): number
  /** Adds the sketches of one epoch to those of another of the same precision. */
  mergeSketches(into: Uint8Array, from: Uint8Array): void
  /** Estimates what an epoch's sketches saw, by `Counter.index`. */
  estimateSketches(sketches: Uint8Array, distinct: Float64Array): void
  /** Adds the registers of one HyperLogLog to those of another of the same precision. */
  mergeRegisters(into: Uint8Array, from: Uint8Array): void
  /** Estimates how many different values set the 2^p registers of a HyperLogLog. */
  estimateRegisters(registers: Uint8Array): number
  keyFields(): NativeKeyField[]
  /**
   * Bytes of a group that the kernel counts into so many tables. `numbers` is `struct group_wish` of native/addon/groups.h,
   * `classes` the class of each value of the only field, or empty. Throws RangeError when such a group cannot be.
   */
  groupBytes(numbers: Int32Array, classes: Uint8Array, tables: number): number
  /**
   * Begins to count a group in a free slot from 1 to 16; gives the candidates tracked in each table. In a folder of pins
   * it goes on with the tables that are there, or pins its own, with notes of so many bytes. Throws NativeError, RangeError.
   */
  openGroup(
    source: Handle,
    slot: number,
    numbers: Int32Array,
    classes: Uint8Array,
    seed: bigint,
    pins?: string,
    notesBytes?: number,
  ): number
  /**
   * Ends a group, also one that a process before left in the slot of a pinned source; closing twice, or after the source,
   * does nothing. The functions below throw once it is closed.
   */
  closeGroup(source: Handle, slot: number): void
  /** Adds up the cells: (1 + slots) rows of the cumulative cells, that of other first. */
  lookGroup(source: Handle, slot: number, cells: BigUint64Array): void
  /** Begins a window of extremes and uniques and reads the one before: slots times each; NaN: no packet. */
  cutGroup(source: Handle, slot: number, extremes: Float64Array, uniques: Float64Array): void
  /** Has a slot of the group count a key from now on. */
  promoteKey(source: Handle, slot: number, index: number, words: BigUint64Array): void
  demoteKey(source: Handle, slot: number, index: number): void
  /** Fills in at most `count` candidates, the greatest by a cumulative cell first; gives how many. */
  groupCandidates(
    source: Handle,
    slot: number,
    count: number,
    by: number,
    words: BigUint64Array,
    adds: BigUint64Array,
    errors: BigUint64Array,
  ): number
  /** Forgets the candidates. */
  clearGroup(source: Handle, slot: number): void
  groupFill(source: Handle, slot: number): NativeGroupFill
  close(source: Handle): void
  /**
   * Gives up, in every thread of the process, all capabilities but those of the mask (linux/capability.h), and what could
   * give them back; gives the mask of what is left. Programs that it starts have them only if `inherited`. Takes
   * milliseconds. Throws NativeError.
   */
  keepCapabilities(mask: bigint, inherited: boolean): bigint
}

function addonPath(): string {
  const name = join('prebuilds', `${platform()}-${arch()}`, 'pktspot.node')
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) break
    folder = parent
  }
  return join(folder, name)
}

/** Loads the addon of this platform; Node keeps one copy, so calling again is free. */
export function loadAddon(): Addon {
  const path = addonPath()
  try {
    return createRequire(import.meta.url)(path) as Addon
  } catch (cause) {
    throw new PktspotError(
      'ADDON_MISSING',
      `${path}: the native part cannot be loaded. Reinstall the package, or in a checkout run: npm run build`,
      { cause },
    )
  }
}

const LAYERS: Readonly<Record<string, readonly Layer[]>> = {
  pkt: ['PKT'],
  arp: ['ARP'],
  ip: ['IP'],
  ip4: ['IPv4'],
  ip6: ['IPv6'],
  icmp4: ['ICMPv4'],
  icmp6: ['ICMPv6'],
  icmp: ['ICMPv4', 'ICMPv6'],
  tcp: ['TCP'],
  udp: ['UDP'],
  clock: ['CLOCK'],
}

/** The counters that the core was built with; it knows those of transmitted frames, which live sources offer. */
export function loadCatalog(): Catalog {
  return knowingTransmit(
    loadAddon()
      .catalog()
      .map((entry) => {
        const layers = LAYERS[entry.layer] ?? []
        const [layer = 'PKT'] = layers
        const metric = entry.metric || metricName(entry.name, entry.unit)
        const unit = entry.unit.replaceAll('_', ' ')
        return { ...entry, layer, layers, kind: entry.kind as Kind, unit, metric }
      }),
  )
}
