// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net'

/** The connections of all addresses, which are neither to become too many nor to stay for ever. */
export interface Connections extends AsyncDisposable {
  /** Takes one in; with too many, drops the one that has waited longest for a request, or this one. */
  add(socket: Socket): void
  /** Notes that a request of a connection is being answered; what it gives notes the end. */
  begin(socket: Remote): () => void
}

/** As much of a socket as names the other side: the same below and above TLS. */
export interface Remote {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly localPort?: number | undefined
}

/** What clients may take up. */
export interface ConnectionLimits {
  readonly connections: number
  /** Milliseconds from a connection's beginning to its first whole request, and from an answer to the next. */
  readonly firstMs: number
  readonly nextMs: number
  /** Milliseconds for an answer to be taken. */
  readonly answerMs: number
}

/** Milliseconds between looks for what is overdue. */
const SWEEP = 500

/** Milliseconds that answers under way are given when the server closes. */
const GRACE = 500

interface Connection {
  readonly socket: Socket
  /** Requests being answered. */
  busy: number
  /** When it must be done with what it does, on the clock of performance.now(). */
  due: number
}

export function createConnections(limits: ConnectionLimits): Connections {
  /* in the order in which they became idle, as the busy ones are put at the end when they are done */
  const all = new Map<unknown, Connection>()
  let isClosing = false
  let empty = (): void => {}

  const due = (ms: number): number => performance.now() + ms
  const idle = (): Connection | undefined => {
    for (const each of all.values()) if (each.busy === 0) return each
    return undefined
  }
  const drop = (which: (each: Connection) => boolean): void => {
    for (const each of all.values()) if (which(each)) each.socket.destroy()
  }
  const sweep = setInterval(() => {
    const now = performance.now()
    drop((each) => each.due < now)
  }, SWEEP)
  sweep.unref()

  return {
    add(socket) {
      if (all.size >= limits.connections) {
        const longest = idle()
        if (!longest) return void socket.destroy()
        longest.socket.destroy()
        all.delete(keyOf(longest.socket))
      }
      const key = keyOf(socket)
      const connection = { socket, busy: 0, due: due(limits.firstMs) }
      all.set(key, connection)
      socket.on('close', () => {
        if (all.get(key) === connection) all.delete(key)
        if (all.size === 0) empty()
      })
    },
    begin(socket) {
      const key = keyOf(socket)
      const connection = all.get(key)
      if (!connection) return () => {}
      /* answers that overlap have one time together, or a stalled one could be kept by asking for others */
      if (connection.busy++ === 0) connection.due = due(limits.answerMs)
      return () => {
        connection.busy--
        if (connection.busy > 0 || all.get(key) !== connection) return
        connection.due = due(limits.nextMs)
        all.delete(key)
        all.set(key, connection)
        if (isClosing) connection.socket.destroySoon()
      }
    },
    async [Symbol.asyncDispose]() {
      isClosing = true
      clearInterval(sweep)
      drop((each) => each.busy === 0)
      if (all.size === 0) return
      const end = setTimeout(() => drop(() => true), GRACE)
      await new Promise<void>((resolve) => {
        empty = resolve
      })
      clearTimeout(end)
    },
  }
}

/* a socket of the file system has no port, and no TLS above it */
function keyOf(socket: Remote): unknown {
  const { remoteAddress, remotePort, localPort } = socket
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localPort}`
}
