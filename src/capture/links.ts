// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Addon } from '../native/binding.ts'
import { linkMessages } from './rtnetlink.ts'

/** Least milliseconds between two changes that are told: a burst is one. */
const PAUSE = 100

/** An interface of this network namespace as the kernel told of it last. */
export interface Link {
  readonly index: number
  readonly name: string
  /** Tells it from one that had its index before. */
  readonly id: number
}

/** The interfaces of this network namespace, kept up to date by the kernel's own messages. */
export interface Links extends Disposable {
  /** Those of now by name. */
  find(name: string): Link | undefined
  all(): Iterable<Link>
  /** Rises whenever the default route may lead elsewhere. */
  readonly routes: number
  /** Yields after every change, at most ten times a second, and once at the beginning, until the signal aborts. */
  changes(signal: AbortSignal): AsyncIterable<void>
}

/** Begins to follow the interfaces, and with `routes` the default route; throws a NativeError when it cannot. */
export function openLinks(
  addon: Pick<Addon, 'watchLinks' | 'unwatchLinks' | 'interfaces'>,
  options: { readonly routes: boolean },
): Links {
  const byIndex = new Map<number, Link>()
  let ids = 0
  let routes = 0
  let changed = true
  let wake: () => void = () => undefined

  function note(index: number, name: string): void {
    const known = byIndex.get(index)
    byIndex.set(index, { index, name, id: known?.id ?? ++ids })
  }
  function listen(messages: Uint8Array | undefined): void {
    if (messages === undefined) relist()
    for (const message of linkMessages(messages ?? new Uint8Array())) {
      if (message.kind === 'there') note(message.index, message.name)
      if (message.kind === 'gone') byIndex.delete(message.index)
      if (message.kind === 'route') routes++
    }
    changed = true
    wake()
  }
  /* where messages were lost, what there is counts */
  function relist(): void {
    const all = addon.interfaces()
    const there = new Set(all.map(({ index }) => index))
    for (const index of byIndex.keys()) if (!there.has(index)) byIndex.delete(index)
    for (const { index, name } of all) note(index, name)
    routes++
  }
  const handle = addon.watchLinks(options.routes, listen)
  relist()
  return {
    find: (name) => [...byIndex.values()].find((link) => link.name === name),
    all: () => byIndex.values(),
    get routes() {
      return routes
    },
    async *changes(signal) {
      const stop = () => wake()
      signal.addEventListener('abort', stop)
      try {
        while (!signal.aborted) {
          if (changed) {
            changed = false
            yield
            await sleep(PAUSE, undefined, { signal }).catch(() => undefined)
          } else {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
        }
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    [Symbol.dispose]: () => addon.unwatchLinks(handle),
  }
}
