// SPDX-License-Identifier: Apache-2.0

/** One file of the external capture collection, as its truth.json describes it. */
export interface FileTruth {
  readonly l3_supported: boolean
  readonly error: string | null
  readonly counts: Readonly<Record<string, number>>
}

/** Sums by counter: the keys of truth.json that add up to it. */
export const SUM_KEYS: Readonly<Record<string, readonly string[]>> = {
  PKTS: ['packets'],
  BYTES: ['bytes_orig'],
  ARP: ['arp'],
  OTHER_L3: ['other_l3'],
  VLAN: ['vlan_pkts'],
  IP: ['ipv4', 'ipv6'],
  IP_BYTES: ['ip4_bytes', 'ip6_bytes'],
  IP4: ['ipv4'],
  IP4_BYTES: ['ip4_bytes'],
  MALFORMED_IP4: ['ipv4_bad'],
  IP6: ['ipv6'],
  IP6_BYTES: ['ip6_bytes'],
  MALFORMED_IP6: ['ipv6_bad'],
  FRAG: ['fragments'],
  FRAG_LATER: ['frag_nonfirst'],
  OTHER_L4: ['other_l4'],
  ICMP: ['icmp'],
  ICMP6: ['icmp6'],
  ECHO_REQUEST: ['icmp_echo_request', 'icmp6_echo_request'],
  ECHO_REPLY: ['icmp_echo_reply', 'icmp6_echo_reply'],
  UNREACHABLE: ['icmp_unreachable', 'icmp6_unreachable'],
  TIME_EXCEEDED: ['icmp_ttl_exceeded', 'icmp6_time_exceeded'],
  ICMP_SHORT: ['icmp_short', 'icmp6_short'],
  TCP: ['tcp'],
  SYN: ['syn'],
  ACK: ['ack'],
  FIN: ['fin'],
  RST: ['rst'],
  PSH: ['psh'],
  URG: ['urg'],
  SYN_ONLY: ['syn_only'],
  SYN_ACK: ['syn_ack'],
  NULL_SCAN: ['flags_null'],
  TCP_SHORT: ['tcp_short'],
  UDP: ['udp'],
  UDP_SHORT: ['udp_short'],
}

/** Distinct values by counter. */
export const DISTINCT_KEYS: Readonly<Record<string, string>> = {
  NB_UNIQ_SRC_ADDR: 'src_ips',
  NB_UNIQ_DST_ADDR: 'dst_ips',
  NB_UNIQ_FLOWS: 'flows5',
  NB_UNIQ_SRC_PORT: 'src_ports_tcp',
  NB_UNIQ_DST_PORT: 'dst_ports_tcp',
  NB_UNIQ_UDP_DST_PORT: 'dst_ports_udp',
}

/**
 * What a file must count, by counter. For a link layer that is not decoded: frames and bytes alone. The truth adds up the
 * length fields of IPv4; a field of 0 means the captured length to us, so that such a file's IP bytes are left out.
 */
export function expectedOf({ counts, l3_supported }: FileTruth): Record<string, number> {
  const add = (keys: readonly string[]): number =>
    keys.reduce((total, key) => total + (counts[key] ?? Number.NaN), 0)
  const sums = Object.entries(SUM_KEYS).map(([name, keys]) => [name, add(keys)] as const)
  const distinct = Object.entries(DISTINCT_KEYS).map(([name, key]) => [name, add([key])] as const)
  const all = l3_supported ? [...sums, ...distinct] : sums.slice(0, 2)
  const unsure = (counts['ip4_totlen_zero'] ?? 0) > 0 ? ['IP_BYTES', 'IP4_BYTES'] : []
  return Object.fromEntries(all.filter(([name]) => !unsure.includes(name)))
}
