// SPDX-License-Identifier: Apache-2.0
import type { Beside } from '../capture/beside.ts'
import type { GroupSpec } from '../capture/group-table.ts'
import { type KeptOptions, type KeptSource, keptSource } from '../capture/kept.ts'
import type { Layout } from '../capture/layout.ts'
import { type Opened, openInterface } from '../capture/open.ts'
import type { Pins } from '../capture/pins/pins.ts'
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
  /** Undefined: counting ends with the process. */
  readonly pins?: Pins | undefined
  readonly log: SourceLog
  /** How its interface is followed; unless given it is looked for every second once it has gone. */
  readonly following?: Pick<KeptOptions, 'link' | 'retry' | 'isMortal'>
  /** Told of its tables whenever it is opened. */
  readonly onOpen?: (layout: Layout) => void
}

/** Counts on an interface, and again whenever it comes back; throws a CaptureError when it cannot begin. */
export async function openKeptSource(name: string, parts: SourceParts): Promise<KeptSource> {
  const { settings, budgetBytes, pins, log, following, onOpen } = parts
  const tell = (line: string): void => log.warn({ interface: name }, `interface ${name}: ${line}`)
  const { filters } = parts.beside
  const open = async (
    groups: readonly GroupSpec[],
    filters: Beside['filters'],
    at = pins?.at,
  ): Promise<Opened> => {
    const opened = await openInterface(name, {
      ...parts.beside,
      filters,
      groups,
      source: settings.source,
      transmit: settings.transmit,
      pins: at && { at, tell },
      budgetBytes,
    })
    const { source, layout, goesOn, passedOver } = opened
    onOpen?.(layout)
    log.info(
      {
        interface: name,
        mode: source.mode,
        ...(source.transmit && { transmit: source.transmit }),
        table_bytes: layout.bytes,
        group_bytes: layout.groupBytes,
        passed_over: passedOver,
        pinned: source.pinned !== undefined,
      },
      `counting packets on ${name} by ${source.mode}${goesOn ? ', where it was left' : ''}${passedOver.length > 0 ? ` (${passedOver.join('; ')})` : ''}`,
    )
    if (settings.transmit) logTransmit(name, opened, log)
    return opened
  }
  return keptSource(await open(parts.groups, filters), {
    ...following,
    /* what was counted before is in this process */
    reopen: (groups, filters) => open(groups, filters, pins && anew(pins)),
    filters,
    mayReopen: (mode) => lackingFor(mode).length === 0,
    onChange: ({ up, mode, reason, isFinal, isDown }) => {
      if (up || (following?.isMortal && !isDown)) return
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

/** Pins of sources that begin with nothing. */
function anew(pins: Pins): Pins['at'] {
  return (...of) => {
    const at = pins.at(...of)
    at.remove()
    return at
  }
}
