// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import { measureDrops } from '../exporters/otlp/drops.ts'
import { type OtlpEnvironment, otlpEnvironment } from '../exporters/otlp/environment.ts'
import type { OtlpExporter } from '../exporters/otlp/exporter.ts'
import { measureGroups } from '../exporters/otlp/groups.ts'
import { measure } from '../exporters/otlp/measured.ts'
import { OTLP_BLOCKS } from '../exporters/otlp/standing.ts'
import type { PrometheusExporter } from '../exporters/prometheus/exporter.ts'
import { type Told, told } from '../exporters/told.ts'
import type { Settings } from '../settings/settings.ts'
import type { Io } from './command.ts'
import { version } from './version.ts'

/** Reads where metrics are to be pushed; undefined: nowhere. Throws SETTINGS on variables that are wrong. */
export function otlpTarget(settings: Settings, io: Io): OtlpEnvironment | undefined {
  return settings.otlp.enabled ? otlpEnvironment(io.env) : undefined
}

/** Pushes what the exporter has. */
export async function pushTo(
  environment: OtlpEnvironment,
  parts: {
    readonly metrics: PrometheusExporter
    /** What is told of the program; how pushing fares is added. */
    readonly self: Told[]
    readonly start: Date
    readonly log: Logger
  },
): Promise<OtlpExporter> {
  const { metrics, self, start, log } = parts
  const { groups, drops } = metrics.latest
  /* OpenTelemetry's packages take a while to load */
  const { createOtlpExporter } = await import('../exporters/otlp/exporter.ts')
  const exporter = createOtlpExporter({
    environment,
    latest: metrics.latest,
    further: () => [
      ...(drops ? measureDrops(drops, metrics.latest) : []),
      ...(groups ? measureGroups(groups) : []),
      ...self.flatMap(({ blocks, subject }) => measure(blocks, subject())),
    ],
    version: version(),
    start,
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
  })
  self.push(told(OTLP_BLOCKS, exporter.standing))
  return exporter
}
