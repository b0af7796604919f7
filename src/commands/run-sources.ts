// SPDX-License-Identifier: Apache-2.0
import type { Beside } from '../capture/beside.ts'
import type { GroupSpec } from '../capture/group-table.ts'
import { type KeptOptions, type KeptSource, keptSource } from '../capture/kept.ts'
import type { Layout } from '../capture/layout.ts'
import { type Opened, openInterface } from '../capture/open.ts'
import { lackingFor } from '../capture/rights.ts'
import type { Settings } from '../settings/settings.ts'
import type { SourceLog } from './source-log.ts'

/** What every interface's counting has in common. */
export interface SourceParts {
  readonly settings: Settings
  /** Memory of the kernel that it may take. */
  readonly budgetBytes: number
  /** Groups to count from the first packet on. */
  readonly groups: readonly GroupSpec[]
  /** What is counted beside the core's counters. */
  readonly beside: Beside
  readonly log: SourceLog
  /** How its interface is followed; unless given it is looked for every second once it has gone. */
  readonly following?: Pick<KeptOptions, 'link' | 'retry' | 'isMortal'>
  /** Told of its tables whenever it is opened. */
  readonly onOpen?: (layout: Layout) => void
}

/** Counts on an interface, and again whenever it comes back; throws a CaptureError when it cannot begin. */
export async function openKeptSource(name: string, parts: SourceParts): Promise<KeptSource> {
  const { settings, budgetBytes, log, following, onOpen } = parts
  const { filters } = parts.beside
  const open = async (
    groups: readonly GroupSpec[],
    filters: Beside['filters'],
  ): Promise<Opened> => {
    const opened = await openInterface(name, {
      ...parts.beside,
      filters,
      groups,
      source: settings.source,
      transmit: settings.transmit,
      budgetBytes,
    })
    const { source, layout, passedOver } = opened
    onOpen?.(layout)
    log.info(
      {
        interface: name,
        mode: source.mode,
        ...(source.transmit && { transmit: source.transmit }),
        table_bytes: layout.bytes,
        group_bytes: layout.groupBytes,
        passed_over: passedOver,
      },
      `counting packets on ${name} by ${source.mode}${passedOver.length > 0 ? ` (${passedOver.join('; ')})` : ''}`,
    )
    if (settings.transmit) logTransmit(name, opened, log)
    return opened
  }
  return keptSource(await open(parts.groups, filters), {
    ...following,
    reopen: open,
    filters,
    mayReopen: (mode) => lackingFor(mode).length === 0,
    onChange: ({ up, mode, reason, isFinal }) => {
      if (up || following?.isMortal) return
      const next = isFinal
        ? `It stays down: attaching again needs ${lackingFor(mode).join(', ')}, given up at the start. Restart the program; with web.reload: true it keeps them.`
        : 'Counting goes on when it is back.'
      log.warn({ interface: name }, `${reason} ${next}`)
    },
  })
}

/* one line where it is not counted as received frames are, for it is no failure */
function logTransmit(
  name: string,
  { source, transmitPassedOver }: Pick<Opened, 'source' | 'transmitPassedOver'>,
  log: SourceLog,
): void {
  if (transmitPassedOver.length === 0) return
  const about = { interface: name, passed_over: transmitPassedOver }
  const reasons = transmitPassedOver.join('; ')
  if (source.transmit) {
    log.info(about, `counting transmitted packets on ${name} by ${source.transmit} (${reasons})`)
  } else {
    log.warn(about, `transmitted packets are not counted on ${name}: ${reasons}`)
  }
}
