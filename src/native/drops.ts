// SPDX-License-Identifier: Apache-2.0

/** The program that counts what the kernel drops; closed by `closeDrops`, at the latest with its last reference. */
export type DropsHandle = { readonly brand: unique symbol }

/** A value of an enum of the kernel's. */
export interface NativeName {
  readonly number: number
  readonly name: string
}

/** What the kernel's types say of drops; bytes that a member begins at, -1 where there is none. */
export interface NativeDropTypes {
  /** Values of `enum skb_drop_reason` and `enum skb_drop_reason_subsys`; empty without such enums. */
  readonly reasons: readonly NativeName[]
  readonly subsystems: readonly NativeName[]
  /** `sk_buff.dev`. */
  readonly device: number
  /** `net_device.ifindex`. */
  readonly index: number
  /** `net_device.nd_net.net`. */
  readonly namespace: number
  /** `net.ns.inum`. */
  readonly number: number
}

/** The part of the addon that has to do with drops. */
export interface DropsAddon {
  /** Reads a file in the format BTF; undefined when it is none. It may hold anything. */
  dropTypes(bytes: Uint8Array): NativeDropTypes | undefined
  /**
   * Counts drops from now on, into one table a possible CPU. `ignored` has the bits of reasons below 64 that are no
   * drops. `offsets`: device, index, namespace, number as above, then the number of our own network namespace; empty:
   * interfaces are not told apart. Throws NativeError.
   */
  openDrops(cpus: number, ignored: bigint, offsets: Uint32Array): DropsHandle
  /** How many numbers of reasons and of subsystems are told apart. */
  dropSizes(): { readonly reasons: number; readonly subsystems: number }
  /** Reads the reasons by their numbers, then the subsystems, then all others: since the opening. */
  lookDrops(drops: DropsHandle, cells: BigUint64Array): void
  /** Counts the drops of an interface of our network namespace; gives its place, or -1 when none is left. */
  watchDrops(drops: DropsHandle, ifindex: number): number
  /** What a place has counted for all interfaces that ever had it. */
  watchedDrops(drops: DropsHandle, place: number): bigint
  unwatchDrops(drops: DropsHandle, place: number): void
  closeDrops(drops: DropsHandle): void
  /**
   * What interfaces count themselves (struct rtnl_link_stats64), six numbers each: rx_dropped, tx_dropped, rx_errors,
   * tx_errors, rx_missed_errors, rx_nohandler. All bits set: it is gone, or the kernel does not say.
   */
  interfaceDrops(indexes: Uint32Array, into: BigUint64Array): void
}
