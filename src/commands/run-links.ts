// SPDX-License-Identifier: Apache-2.0
import { defaultRouteInterface, type Wanted } from '../capture/choose.ts'
import type { Link, Links } from '../capture/links.ts'
import { PktspotError } from '../errors.ts'
import type { CountedInterface, Interfaces } from './run-interfaces.ts'
import type { SourceLog } from './source-log.ts'

/** Interfaces counted at a time, those given by name aside. */
export const INTERFACES_MOST = 64

export interface FollowOptions {
  readonly links: Links
  /** Asks the kernel for the index of a name; 0: there is none. */
  readonly indexOf: (name: string) => number
  readonly wanted: Wanted
  readonly interfaces: Interfaces
  readonly log: SourceLog
  readonly signal: AbortSignal
  /** Whether an interface can still be attached to: capabilities may have been given up. */
  readonly mayAttach: () => boolean
  /** Told when the number of interfaces may have changed. */
  readonly onSettled: () => Promise<void>
}

/** Follows the interfaces that come and go. */
export interface Follower {
  /** Retires what is gone and begins what has come; told why each interface was refused. */
  settle(): Promise<readonly unknown[]>
  /** Wanted interfaces that are there and not counted. */
  readonly skipped: number
  /** Has an interface that failed left alone until it has gone. */
  refuse(counted: CountedInterface): void
}

/** Begins with nothing refused. */
export function followInterfaces(options: FollowOptions): Follower {
  const { links, indexOf, wanted, interfaces, log, signal, mayAttach, onSettled } = options
  const refused = new Set<string>()
  let isFull = false
  let isTold = false
  let routed: string | undefined
  let seen: { link: Link | undefined; routes: number } | undefined

  /* the kernel does not tell that a route is gone when its interface goes down: then its link is another object */
  function followRoute(): void {
    const link = routed === undefined ? undefined : links.find(routed)
    if (!wanted.routed || (seen?.link === link && seen?.routes === links.routes)) return
    const name = defaultRouteInterface()
    const isOther = name !== undefined && name !== routed && !wanted.excludes(name)
    if (isOther && (routed === undefined || mayAttach())) routed = name
    else if (isOther) {
      log.warn(
        { interface: routed },
        `the default route leads to ${name} now, which cannot be attached to: capabilities were given up at the start. Restart the program; with web.reload: true it keeps them.`,
      )
    }
    seen = { link: routed === undefined ? undefined : links.find(routed), routes: links.routes }
  }
  const isNamed = (name: string) => name === routed || wanted.names.includes(name)
  const isWanted = (name: string) => isNamed(name) || wanted.matches(name)

  async function retireGone(): Promise<void> {
    for (const { source, link, isMortal } of interfaces.all()) {
      const { name } = source
      const now = links.find(name)?.id
      if (isNamed(name) && !isMortal) source.follow(now)
      else if (now !== link || !isWanted(name)) {
        await interfaces.retire(name)
        isFull = false
      }
    }
  }
  function pending(): Link[] {
    const counted = new Set(interfaces.all().map(({ source }) => source.name))
    return [...links.all()].filter(({ name }) => isWanted(name) && !counted.has(name))
  }
  const unrefused = () => pending().filter((link) => !refused.has(keyOf(link)))
  function next(): Link | undefined {
    const matched = interfaces.all().filter(({ isMortal }) => isMortal).length
    const isRoom = !isFull && matched < INTERFACES_MOST
    return unrefused().find(({ name }) => isRoom || isNamed(name))
  }
  async function begin(link: Link): Promise<unknown> {
    const { name } = link
    try {
      const isMortal = !isNamed(name)
      await interfaces.begin({ name, link, isMortal, pending: pending().length })
      return undefined
    } catch (error) {
      if (!(error instanceof PktspotError)) throw error
      const isShort = error.code === 'MEMORY_BUDGET' && !isNamed(name)
      isFull ||= isShort
      if (!isShort) refused.add(keyOf(link))
      /* one that went away meanwhile is not worth a line */
      if (indexOf(name) !== link.index) return undefined
      if (!isShort) log.warn({ interface: name }, error.message)
      return error
    }
  }
  function tell(): void {
    const left = unrefused().length
    if (left > 0 && !isTold) {
      const why = isFull
        ? 'kernel_memory has no room for more'
        : `${INTERFACES_MOST} are counted that patterns match`
      log.warn({ skipped: left }, `interfaces are skipped: ${why}`)
    }
    isTold = left > 0
  }
  return {
    get skipped() {
      return pending().length
    },
    refuse: ({ source: { name }, link }) => void (link && refused.add(keyOf({ id: link, name }))),
    async settle() {
      const errors: unknown[] = []
      followRoute()
      const there = new Set([...links.all()].map(keyOf))
      for (const key of refused) if (!there.has(key)) refused.delete(key)
      await retireGone()
      for (let link = next(); link && !signal.aborted; link = next()) {
        const error = await begin(link)
        if (error !== undefined) errors.push(error)
        await retireGone()
      }
      tell()
      await onSettled()
      return errors
    },
  }
}

/** What is tried once only: a link under a name, neither of which another one has. */
function keyOf({ id, name }: Pick<Link, 'id' | 'name'>): string {
  return `${id} ${name}`
}
