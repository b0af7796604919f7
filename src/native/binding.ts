// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { Catalog, type Counter, type Kind, type Layer } from '../counters/catalog.ts'
import { PktspotError } from '../errors.ts'

/** A source inside the addon; closed by `close`, at the latest with its last reference. */
export type Handle = { readonly brand: unique symbol }

/** Where the kernel's program is attached. */
export const HOOK = { xdp: 0, 'xdp-generic': 1, tcx: 2 } as const

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

/** The addon's surface: numbers, buffers and handles; nothing per packet, and checks are the caller's. */
export interface Addon {
  catalog(): (Omit<Counter, 'layers' | 'layer' | 'kind'> & { layer: string; kind: string })[]
  sizes(bits: number): Sizes
  interfaces(): Interface[]
  /** Index of an interface; 0 when there is none of that name. */
  interfaceIndex(name: string): number
  /** Loads a kernel program and maps its tables; attaches nothing. Throws NativeError. */
  openKernel(
    hook: number,
    cpus: number,
    bits: number,
    seed: bigint,
    frags: boolean,
    raw: boolean,
  ): Handle
  attachKernel(source: Handle, ifindex: number): void
  /** Has the kernel run the program over one frame of at least 14 bytes (BPF_PROG_TEST_RUN). */
  testKernel(
    source: Handle,
    frame: Uint8Array,
    repeat: number,
  ): { verdict: number; nanoseconds: number }
  openPacketSocket(
    ifindex: number,
    ringBytes: number,
    bits: number,
    seed: bigint,
    raw: boolean,
  ): Handle
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
  close(source: Handle): void
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

/** `SYN` in packets: `syn_packets`; `PKTS`: `packets`; `IP_BYTES`: `ip_bytes`; a clock is shown in seconds. */
function metricOf(name: string, unit: string): string {
  if (unit === 'nanoseconds') return `${name.toLowerCase()}_seconds`
  const stem = name.toLowerCase().replace(/_?(pkts|bytes)$/, '')
  return stem ? `${stem}_${unit}` : unit
}

/** The counters that the core was built with. */
export function loadCatalog(): Catalog {
  return new Catalog(
    loadAddon()
      .catalog()
      .map((entry) => {
        const layers = LAYERS[entry.layer] ?? []
        const [layer = 'PKT'] = layers
        const metric = entry.metric || metricOf(entry.name, entry.unit)
        const unit = entry.unit.replaceAll('_', ' ')
        return { ...entry, layer, layers, kind: entry.kind as Kind, unit, metric }
      }),
  )
}
