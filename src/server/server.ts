// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer as createListener, type Server } from 'node:net'
import { PktspotError } from '../errors.ts'
import type { ListenAddress } from './address.ts'
import { createAdmission } from './admission.ts'
import { createBasicAuth } from './auth/basic.ts'
import { createComparer } from './auth/comparer.ts'
import { createConnections } from './connections.ts'
import { createGate } from './gate.ts'
import { handler } from './handle.ts'
import { listen, listenOn } from './listen.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { createRoutes, type Shown } from './routes.ts'
import { isLoopback } from './same-site.ts'
import { createSpeakers } from './speakers.ts'
import { keepWebConfig } from './web-config/kept.ts'

export interface ServerOptions extends Shown {
  readonly addresses: readonly ListenAddress[]
  /** Descriptors of listening sockets to serve on instead of the addresses. */
  readonly sockets?: readonly number[] | undefined
  /** File with TLS, users and limits; without it, plain HTTP for everyone. */
  readonly configFile?: string | null
  /** Scrapes answered at once, 40 unless told; 0: any number. */
  readonly maxRequests?: number
  /** Writes a line of the log. */
  warn(line: string): void
}

export interface MetricsServer extends AsyncDisposable {
  /** Addresses listened on, with the ports in use. */
  readonly addresses: readonly string[]
}

/** What clients may take up; a scraper's idle connection outlives the usual 15 s between scrapes. */
const LIMITS = { connections: 512, firstMs: 5_000, nextMs: 25_000, answerMs: 60_000 }

/**
 * Serves metrics, the API, health and the page on every address, or throws a `PktspotError` on none: LISTEN, or
 * SETTINGS where the file is wrong.
 */
export async function createServer(options: ServerOptions): Promise<MetricsServer> {
  const { sockets, warn } = options
  const webConfig = await keepWebConfig(options.configFile ?? null)
  const comparer = createComparer()
  const servers: Server[] = []
  const addresses: string[] = []
  const isLocal = (): boolean => addresses.every((address) => isLoopback(hostOf(address)))
  const connections = createConnections(LIMITS)
  const speakers = createSpeakers(
    handler({
      routes: createRoutes(options),
      admit: createAdmission({
        webConfig,
        allows: createRateLimiter(),
        authenticate: createBasicAuth(comparer),
        isLocal,
        warn,
      }),
      maxScrapes: options.maxRequests ?? 40,
      warn,
    }),
    connections,
  )
  const gate = createGate(webConfig, connections, speakers)

  const close = async (): Promise<void> => {
    const closed = servers.splice(0).map((server) => once(server.close(), 'close'))
    await connections[Symbol.asyncDispose]()
    await Promise.all(closed)
    await comparer[Symbol.asyncDispose]()
  }
  const open = async (bind: (server: Server) => Promise<string | undefined>): Promise<void> => {
    const server = createListener(
      { allowHalfOpen: true, noDelay: true, pauseOnConnect: true },
      gate,
    )
    const bound = await bind(server)
    if (bound === undefined) return
    server.on('error', (error) => warn(`${bound}: ${error.message}`))
    servers.push(server)
    addresses.push(bound)
  }
  try {
    if (sockets) for (const fd of sockets) await open((server) => listenOn(server, fd))
    else {
      for (const address of options.addresses) {
        await open((server) => listen(server, address, warn))
      }
    }
    if (servers.length === 0) {
      throw new PktspotError('LISTEN', 'not listening: this machine has none of the addresses.')
    }
  } catch (error) {
    await close()
    throw error
  }
  return { addresses, [Symbol.asyncDispose]: close }
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '')
}
