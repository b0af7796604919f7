// SPDX-License-Identifier: Apache-2.0
import type { Chosen, Wanted } from '../capture/choose.ts'
import type { KeptSource } from '../capture/kept.ts'
import { possibleCpus } from '../capture/kernel.ts'
import { type Links, openLinks } from '../capture/links.ts'
import { memoryShares } from '../capture/memory-shares.ts'
import { lackingFor } from '../capture/rights.ts'
import { PktspotError } from '../errors.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { loadAddon } from '../native/binding.ts'
import type { Exclusive } from './reload-queue.ts'
import { type CountedInterface, countInterfaces, type InterfacesParts } from './run-interfaces.ts'
import { type Follower, followInterfaces } from './run-links.ts'
import { rationed, type SourceLog } from './source-log.ts'

/** The interfaces that are counted, now and later. */
export interface RunInterfaces extends AsyncDisposable {
  readonly sources: readonly KeptSource[]
  /** Wanted interfaces that are there and not counted. */
  readonly skipped: number
  /** Carries windows to exporters and follows the interfaces until the signal aborts; throws what ended an interface by name. */
  carry(exporters: readonly Exporter[]): Promise<void>
}

export interface FollowingParts extends Omit<InterfacesParts, 'shares' | 'onFailure' | 'onOver'> {
  readonly wanted: Wanted
  /** Those to begin with. */
  readonly chosen: Chosen
  /** Undefined where they cannot be followed. */
  readonly links: Links | undefined
  readonly exclusive: Exclusive
  /** Ends the program. */
  readonly end: () => void
}

/** Begins to count; throws a CaptureError when an interface given by name, or all that patterns match, cannot be. */
export async function runInterfaces(parts: FollowingParts): Promise<RunInterfaces> {
  const { settings, wanted, chosen, links, exclusive, signal, watch, end } = parts
  const addon = loadAddon()
  const log = rationed(parts.log, () => performance.now())
  const failures: unknown[] = []
  let follower: Follower | undefined
  const fail = (error: unknown): void => {
    failures.push(error)
    end()
  }
  const settle = (): Promise<unknown> => exclusive(async () => follower?.settle()).catch(fail)
  const interfaces = countInterfaces({
    ...parts,
    log,
    shares: memoryShares(addon, {
      total: settings.kernel_memory,
      cpus: possibleCpus(),
      open: links !== undefined && wanted.open,
      directions: settings.transmit ? 2 : 1,
    }),
    onOver,
    onFailure(counted: CountedInterface, error) {
      if (!counted.isMortal || !follower) {
        fail(error)
        return
      }
      const { name } = counted.source
      log.warn({ interface: name }, `${name}: ${error instanceof Error ? error.message : error}`)
      follower.refuse(counted)
      void settle()
    },
  })
  function onOver(): void {
    /* what patterns match may come any time */
    if (links && wanted.open) return
    fail(new PktspotError('INTERFACE_GONE', 'no interface is left to count on.'))
  }
  try {
    const all = [...chosen.kept, ...chosen.matched]
    for (const [at, name] of (links ? chosen.kept : all).entries()) {
      const link = links?.find(name)
      await interfaces.begin({ name, link, isMortal: false, pending: all.length - at })
    }
    if (links) {
      const indexOf = (name: string) => addon.interfaceIndex(name)
      const onSettled = () => watch.share()
      const mayAttach = () => interfaces.sources.every(({ mode }) => lackingFor(mode).length === 0)
      const following = { links, indexOf, wanted, interfaces, log, signal, mayAttach, onSettled }
      follower = followInterfaces(following)
      const [refusal] = await follower.settle()
      if (refusal !== undefined && interfaces.sources.length === 0) throw refusal
    }
  } catch (error) {
    await interfaces[Symbol.asyncDispose]()
    throw error
  }
  if (interfaces.sources.length === 0) {
    parts.log.info({}, `waiting for interfaces: ${settings.interfaces.join(', ')} matches none yet`)
  }
  async function follow(): Promise<void> {
    if (!links) return
    for await (const _ of links.changes(signal)) await settle()
  }
  return {
    get sources() {
      return interfaces.sources
    },
    get skipped() {
      return follower?.skipped ?? 0
    },
    async carry(exporters) {
      await Promise.all([interfaces.carry(exporters), follow()])
      for (const error of failures) throw error
    },
    [Symbol.asyncDispose]: interfaces[Symbol.asyncDispose],
  }
}

/** Follows the interfaces of this network namespace; undefined, with one line, where the kernel refuses. */
export function linksOf({ routed }: Wanted, log: SourceLog): Links | undefined {
  try {
    return openLinks(loadAddon(), { routes: routed })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({}, `interfaces that come later are not counted: netlink: ${reason}`)
    return undefined
  }
}
