// SPDX-License-Identifier: Apache-2.0
import { type Receiver, receiverOf } from './receiver.ts'
import { type Environment, milliseconds, pairs, variablesOf, word } from './variables.ts'

const TEMPORALITIES = ['cumulative', 'delta', 'lowmemory'] as const

/** Whether sums say what came since the start or since the last export. */
export type Temporality = (typeof TEMPORALITIES)[number]

/** What OpenTelemetry's variables say; times in milliseconds. */
export interface OtlpEnvironment extends Receiver {
  /** From one export to the next. */
  readonly interval: number
  /** After which an export is given up, whatever it waits for. */
  readonly exportTimeout: number
  readonly temporality: Temporality
  /** Attributes of the resource. */
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Reads OpenTelemetry's variables; undefined when they switch it off. Throws SETTINGS with every mistake.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function otlpEnvironment(environment: Environment): OtlpEnvironment | undefined {
  const variables = variablesOf(environment)
  const disabled = variables.first(['OTEL_SDK_DISABLED'], word(['true', 'false'])) === 'true'
  const exporter = variables.first(['OTEL_METRICS_EXPORTER'], word(['otlp', 'none']))
  if (disabled || exporter === 'none') return undefined

  const { first } = variables
  const preference = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'
  const name = first(['OTEL_SERVICE_NAME'], { expected: 'a name', read: (text) => text })
  const read = {
    ...receiverOf(variables),
    interval: first(['OTEL_METRIC_EXPORT_INTERVAL'], milliseconds) ?? 60_000,
    exportTimeout: first(['OTEL_METRIC_EXPORT_TIMEOUT'], milliseconds) ?? 30_000,
    temporality: first([preference], word(TEMPORALITIES)) ?? 'cumulative',
    attributes: {
      ...first(
        ['OTEL_RESOURCE_ATTRIBUTES'],
        pairs('attributes', () => true),
      ),
      ...(name && { 'service.name': name }),
    },
  }
  variables.refuse()
  return read
}
