// SPDX-License-Identifier: Apache-2.0
import type { PluginLayer } from './views.ts'

/** Bits of `enum layers` (native/core/layers.h) that a packet must have all of: IPv4 and IPv6 with a whole header. */
export const LAYER_BITS: Readonly<Record<PluginLayer, number>> = {
  PKT: 0,
  ARP: 1,
  IP: 2,
  IPv4: 2 | 4,
  IPv6: 2 | 8,
  ICMPv4: 16,
  ICMPv6: 32,
  TCP: 64,
  UDP: 128,
}

export const PLUGIN_LAYERS: readonly string[] = Object.keys(LAYER_BITS)

/** Bits of which packets have one when they are for any of these layers; 0: all packets are. */
export function wantedBits(layers: readonly PluginLayer[]): number {
  if (layers.includes('PKT')) return 0
  const own = (layer: PluginLayer): number =>
    layer === 'IPv4' || layer === 'IPv6' ? LAYER_BITS[layer] & ~LAYER_BITS.IP : LAYER_BITS[layer]
  return layers.reduce((bits, layer) => bits | own(layer), 0)
}
