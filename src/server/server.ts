// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { PktspotError } from '../errors.ts'
import type { ListenAddress } from './address.ts'
import { handler } from './handle.ts'
import { listen } from './listen.ts'
import { routes, type Shown } from './routes.ts'

export interface ServerOptions extends Shown {
  readonly addresses: readonly ListenAddress[]
  /** Writes a line of the log. */
  warn(line: string): void
}

export interface MetricsServer extends AsyncDisposable {
  /** Addresses listened on, with the ports in use. */
  readonly addresses: readonly string[]
}

/** What a client may take up; a scraper's idle connection outlives the usual 15 s between scrapes. */
const LIMITS = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 20_000,
}

const CONNECTIONS = 64

/** Milliseconds without traffic on a connection: a reader that stalls is dropped. */
const STALLED = 30_000

/** Milliseconds that answers under way are given when the server closes. */
const GRACE = 500

/** Milliseconds between looks for connections that became idle meanwhile. */
const SWEEP = 20

/** Serves metrics, the API, health and the landing page on every address, or throws a `PktspotError` LISTEN and on none. */
export async function createServer(options: ServerOptions): Promise<MetricsServer> {
  const listener = handler(routes(options), options.warn)
  const servers: Server[] = []
  const addresses: string[] = []
  const close = async () => {
    await Promise.all(servers.splice(0).map(shut))
  }
  try {
    for (const address of options.addresses) {
      const server = createHttpServer(LIMITS, listener)
      /* answered like any request, so that `Expect: 100-continue` does not invite a body */
      server.on('checkContinue', listener)
      server.maxConnections = CONNECTIONS
      server.setTimeout(STALLED)
      const bound = await listen(server, address, options.warn)
      if (bound === undefined) continue
      server.on('error', (error) => options.warn(`${bound}: ${error.message}`))
      servers.push(server)
      addresses.push(bound)
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

async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  /* a connection whose answer is finished turns idle only then */
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP)
  const end = setTimeout(() => server.closeAllConnections(), GRACE)
  await closed
  clearInterval(sweep)
  clearTimeout(end)
}
