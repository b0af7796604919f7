// SPDX-License-Identifier: Apache-2.0

/** How values of a field are written. */
export type FieldKind = 'address' | 'mac' | 'port' | 'protocol' | 'ethertype' | 'number'

/** A field of packets that keys are made of, as users see it. */
export interface Field {
  /** `ip.src`, `l4.dst_port`… */
  readonly name: string
  readonly help: string
  /** Label of metrics. */
  readonly label: string
  readonly kind: FieldKind
  /** Width: 128 (an address), 48 (a MAC address), 16 or 8. */
  readonly bits: number
}

export const FIELDS: readonly Field[] = [
  field('eth.src', 48, 'mac', 'source_mac', 'Source MAC address'),
  field('eth.dst', 48, 'mac', 'destination_mac', 'Destination MAC address'),
  field(
    'eth.type',
    16,
    'ethertype',
    'ethertype',
    'EtherType after VLAN tags, or the length of an IEEE 802.3 frame',
  ),
  field('vlan.id', 16, 'number', 'vlan', 'VLAN of the outermost tag'),
  field('ip.src', 128, 'address', 'source_address', 'Source address of either family'),
  field('ip.dst', 128, 'address', 'destination_address', 'Destination address of either family'),
  field('ip.version', 8, 'number', 'ip_version', 'IP version, 4 or 6; 0 of other frames'),
  field('ip.proto', 8, 'protocol', 'protocol', 'Protocol after IPv6 extension headers'),
  field('ip.ttl', 8, 'number', 'ip_ttl', 'Time to live or hop limit'),
  field('l4.src_port', 16, 'port', 'source_port', 'Source port of TCP or UDP'),
  field('l4.dst_port', 16, 'port', 'destination_port', 'Destination port of TCP or UDP'),
  field(
    'l4.server_port',
    16,
    'port',
    'port',
    'Port of the side that did not send the SYN, else the lower',
  ),
  field('tcp.flags', 8, 'number', 'tcp_flags', 'TCP flags from FIN (1) to CWR (128)'),
  field('icmp.type', 8, 'number', 'icmp_type', 'Type of either family of ICMP'),
  field('icmp.code', 8, 'number', 'icmp_code', 'Code of either family of ICMP'),
  field(
    'frame.len',
    16,
    'number',
    'size',
    'Bytes of the frame on the wire without FCS; longer ones as 65535',
  ),
]

/** Finds a field by its name. */
export function findField(name: string): Field | undefined {
  return FIELDS.find((each) => each.name === name)
}

/** Number of 64-bit words that a key of these fields takes. */
export function wordsOf(fields: readonly Field[]): number {
  const wide = fields.reduce((sum, { bits }) => sum + (bits === 128 ? 2 : bits === 48 ? 1 : 0), 0)
  return wide + Math.ceil(fields.filter(({ bits }) => bits <= 16).length / 4)
}

/** Tells whether keys are classes of a field's values, or rules, rather than values themselves. */
export function isClassed(key: {
  readonly ranges?: unknown
  readonly keysets?: unknown
  readonly rules?: unknown
}): boolean {
  return key.ranges !== undefined || key.keysets !== undefined || key.rules !== undefined
}

function field(name: string, bits: number, kind: FieldKind, label: string, help: string): Field {
  return { name, help, label, kind, bits }
}
