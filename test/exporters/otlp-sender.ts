// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { otlpEnvironment } from '../../src/exporters/otlp/environment.ts'
import { createOtlpExporter, type OtlpOptions } from '../../src/exporters/otlp/exporter.ts'
import { createPrometheusExporter } from '../../src/exporters/prometheus/exporter.ts'
import {
  type OtlpReceiver,
  type ReceivedPoint,
  receiveGrpc,
  receiveHttp,
} from '../support/otlp-receiver.ts'
import { observed, report, START, statistics } from './fixture.ts'

export const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export function receive(
  protocol: Protocol,
  options: { port?: number } = {},
): Promise<OtlpReceiver> {
  return protocol === 'grpc' ? receiveGrpc(options) : receiveHttp(options)
}

/** What /metrics is written from, and /metrics. */
export function watched(
  sources = [observed('eth0'), observed('eth1', { mode: undefined, up: false })],
) {
  const more = { expectedFalseAlarmsPerDay: () => 1 }
  const prometheus = createPrometheusExporter({
    ...{ sources, statistics, base: 1, periods: [1], version: '1.2.3' },
    ...more,
  })
  prometheus.publish(report('eth0'))
  return prometheus
}

type Variables = Readonly<Record<string, string | number>>

export function exporter(variables: Variables, more: Partial<OtlpOptions> = {}) {
  const lines: string[] = []
  const told = Object.entries(variables).map(([name, value]) => [`OTEL_${name}`, String(value)])
  const environment = otlpEnvironment({
    OTEL_METRIC_EXPORT_INTERVAL: '50',
    OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
    ...Object.fromEntries(told),
  })
  if (!environment) throw new Error('switched off')
  const { latest } = watched()
  const note = (line: string): void => void lines.push(line)
  const base = { environment, latest, version: '1.2.3', start: START, info: note, warn: note }
  const made = createOtlpExporter({ ...base, ...more })
  lines.length = 0
  return Object.assign(made, { lines })
}

export function to({ port }: { port: number }, protocol: Protocol = 'http/protobuf'): Variables {
  return {
    EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    EXPORTER_OTLP_PROTOCOL: protocol,
  }
}

export function pointOf(points: readonly ReceivedPoint[], name: string, device = 'eth0') {
  return points.find(
    (each) => each.name === name && Object.values(each.attributes).includes(device),
  )
}

export async function until(t: Test, what: () => boolean, within = 5000): Promise<void> {
  for (const end = Date.now() + within; !what(); await sleep(10)) {
    if (Date.now() > end) return void t.fail(`not within ${within} ms: ${what}`)
  }
}

/** A port of the loopback where nobody listens. */
export async function freePort(protocol: Protocol): Promise<number> {
  await using receiver = await receive(protocol)
  return receiver.port
}
