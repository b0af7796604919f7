// SPDX-License-Identifier: Apache-2.0

/** Layers that a group can be attached to, with their bits in `enum layers` of native/core/layers.h. */
const LAYERS: Readonly<Record<string, number>> = {
  PKT: 0,
  ARP: 1 << 0,
  IP: 1 << 1,
  IPv4: 1 << 2,
  IPv6: 1 << 3,
  ICMPv4: 1 << 4,
  ICMPv6: 1 << 5,
  TCP: 1 << 6,
  UDP: 1 << 7,
}

export const LAYER_NAMES: readonly string[] = Object.keys(LAYERS)

/** Bits that a packet must have all of; of no layer, none. */
export function layerBits(layer: string | undefined): number {
  return layer === undefined ? 0 : (LAYERS[layer] ?? 0)
}
