// SPDX-License-Identifier: Apache-2.0
import type { InterfaceDrops } from '../../capture/drops/interface-drops.ts'
import type { Softnet } from '../../capture/drops/softnet.ts'
import type { Block } from './family.ts'

/** Drops of the whole host at one moment. */
export interface HostDrops {
  /** Whether the kernel's drops are counted. */
  readonly up: boolean
  /** Packets by the names of the reasons. */
  readonly reasons: ReadonlyMap<string, bigint>
  /** Undefined where the kernel does not tell. */
  readonly softnet: Softnet | undefined
}

/** Gives the families of the host's drops; reasons are labels, so they are parameters. */
export function hostDropBlocks(reasons: Iterable<string>): Block<HostDrops>[] {
  return [
    {
      family: {
        name: 'pktspot_kernel_drops_up',
        type: 'gauge',
        help: 'Whether the packets that the kernel drops are counted',
        labels: [],
      },
      series: [{ labels: {}, value: ({ up }) => Number(up) }],
    },
    {
      family: {
        name: 'pktspot_kernel_dropped_packets',
        type: 'counter',
        help: "Packets that the kernel dropped, on the whole host, by the kernel's reason",
        labels: ['reason'],
      },
      series: [...reasons].map((reason) => ({
        labels: { reason },
        value: (drops) => drops.reasons.get(reason) ?? 0n,
      })),
    },
    softnetBlock(
      'dropped_packets',
      "Packets received that a CPU's full backlog had no room for, since the host booted",
      ({ dropped }) => dropped,
    ),
    softnetBlock(
      'times_squeezed',
      'Times that a CPU stopped taking packets with some left, since the host booted',
      ({ squeezed }) => squeezed,
    ),
  ]
}

function softnetBlock(
  name: string,
  help: string,
  value: (softnet: Softnet) => number,
): Block<HostDrops> {
  const of = ({ softnet }: HostDrops): number => (softnet ? value(softnet) : Number.NaN)
  return {
    family: { name: `pktspot_softnet_${name}`, type: 'counter', help, labels: [] },
    series: [{ labels: {}, value: of }],
  }
}

/** Gives the families of what an interface counts itself. */
export function interfaceDropBlocks(name: string): Block<InterfaceDrops>[] {
  const block = (
    suffix: string,
    help: string,
    value: (drops: InterfaceDrops) => bigint,
  ): Block<InterfaceDrops> => ({
    family: {
      name: `pktspot_${suffix}`,
      type: 'counter',
      help: `${help}, as the interface counts them since it is there`,
      labels: ['interface'],
    },
    series: [{ labels: { interface: name }, value }],
  })
  return [
    block(
      'receive_interface_dropped_packets',
      'Packets received that were dropped',
      ({ receivedDropped }) => receivedDropped,
    ),
    block(
      'transmit_interface_dropped_packets',
      'Packets to be sent that were dropped',
      ({ sentDropped }) => sentDropped,
    ),
    block(
      'receive_interface_errors',
      'Errors in receiving',
      ({ receivedErrors }) => receivedErrors,
    ),
    block('transmit_interface_errors', 'Errors in sending', ({ sentErrors }) => sentErrors),
    block(
      'receive_interface_missed_packets',
      'Packets received that the device had no room for',
      ({ missed }) => missed,
    ),
    block(
      'receive_interface_unhandled_packets',
      'Packets received that nothing took, as on an inactive part of a bond',
      ({ unhandled }) => unhandled,
    ),
  ]
}
