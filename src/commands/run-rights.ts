// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import {
  type Capability,
  effectiveCapabilities,
  keepOnly,
  missing,
} from '../capture/capabilities.ts'
import { ORDER } from '../capture/open.ts'
import { rightsOf } from '../capture/rights.ts'
import type { Mode, Source } from '../capture/source.ts'
import { loadAddon, type NativeError } from '../native/binding.ts'
import type { Settings } from '../settings/settings.ts'

/**
 * Gives up, in every thread, the capabilities that nothing needs once all is attached: all of them, unless a reload,
 * interfaces that come later or libpcap have to be able to attach.
 */
export function giveUpRights(
  settings: Settings,
  sources: readonly Pick<Source, 'mode' | 'transmit'>[],
  log: Logger,
): void {
  const modes = sources.flatMap(({ mode, transmit = mode }) => [mode, transmit])
  const reasons = reasonsToKeep(settings)
  const wanted = reasons.length > 0 ? rightsFor(modes, settings) : []
  try {
    /* libpcap captures in processes of its own, started anew */
    const inherited = settings.source === 'libpcap'
    const kept = [...keepOnly(loadAddon(), wanted, inherited)].map((name) => `CAP_${name}`)
    const line =
      kept.length > 0
        ? `capabilities kept in every thread: ${kept.join(', ')}, for ${reasons.join(' and ')}`
        : 'no capability is kept in any thread: nothing is attached from here on'
    log.info({ capabilities: kept }, line)
  } catch (error) {
    const { message } = error as NativeError
    log.warn(
      `capabilities are not given up: ${message}; allow the system calls capset and tgkill, or start with no more capabilities than pktspot preflight asks for`,
    )
  }
}

/** Why the program may attach again later; empty: it does not. */
function reasonsToKeep({ web, interfaces, source }: Settings): string[] {
  const patterns = interfaces.filter((each) => /^[^!]*[*?]/.test(each))
  const others = interfaces.every((each) => each.startsWith('!')) ? interfaces : patterns
  return [
    ...(web.reload ? ['web.reload'] : []),
    ...(source === 'libpcap' ? ['libpcap, which begins anew when its interface was down'] : []),
    ...(others.length > 0 ? [`interfaces ${others.join(', ')}`] : []),
  ]
}

/** What the modes in force take; before there is a source, what any may. SYS_ADMIN may stand for what is lacking. */
function rightsFor(modes: readonly Mode[], { source }: Settings): Capability[] {
  const rights = (modes.length > 0 ? modes : ORDER[source]).flatMap(rightsOf)
  const have = effectiveCapabilities()
  const stand = rights.some((each) => !have.has(each) && missing([each], have).length === 0)
  return [...new Set<Capability>([...rights, ...(stand ? (['SYS_ADMIN'] as const) : [])])]
}
