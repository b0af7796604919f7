// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import type { History } from '../exporters/history.ts'
import type { PrometheusExporter } from '../exporters/prometheus/exporter.ts'
import { parseListenAddress } from '../server/address.ts'
import { createServer, type MetricsServer } from '../server/server.ts'
import { systemdSockets } from '../server/systemd.ts'
import { type Settings, schema } from '../settings/settings.ts'
import type { Io } from './command.ts'
import { version } from './version.ts'

/** Serves what the exporter has, as the settings say. */
export async function serve(
  settings: Settings,
  parts: {
    readonly metrics: PrometheusExporter
    /** What the page's charts begin with. */
    readonly history: History
    readonly log: Logger
    /** Reads the settings again. */
    reload(): Promise<void>
  },
  io: Io,
): Promise<MetricsServer> {
  const { metrics, history, log, reload } = parts
  const { web } = settings
  const usual = JSON.stringify(schema.web.listen_address.default)
  const optional = JSON.stringify(web.listen_address) === usual
  const server = await createServer({
    addresses: web.listen_address.map((address) => parseListenAddress(address, optional)),
    ...(web.systemd_socket && { sockets: systemdSockets(io.env, io.pid) }),
    telemetryPath: web.telemetry_path,
    configFile: web.config_file,
    maxRequests: web.max_requests,
    metrics,
    version: version(),
    latest: metrics.latest,
    history,
    ...(web.reload && { reload }),
    warn: (line) => log.warn(line),
  })
  for (const address of server.addresses) log.info({ address }, 'listening')
  return server
}
