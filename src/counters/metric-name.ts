// SPDX-License-Identifier: Apache-2.0

/**
 * Names a counter's metric, without `pktspot_receive_` and `_total`: `SYN` in packets is `syn_packets`, `PKTS` is
 * `packets`, `IP_BYTES` is `ip_bytes`; a clock is shown in seconds.
 */
export function metricName(name: string, unit: string): string {
  if (unit === 'nanoseconds') return `${name.toLowerCase()}_seconds`
  const stem = name.toLowerCase().replace(/_?(pkts|bytes)$/, '')
  return stem ? `${stem}_${unit}` : unit
}
