// SPDX-License-Identifier: Apache-2.0
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Receiver } from './receiver.ts'

type Compression = NonNullable<
  NonNullable<ConstructorParameters<typeof OTLPMetricExporter>[0]>['compression']
>

/** A way to one receiver. */
export interface Channel {
  /** Sends, with repeats where the receiver allows them; rejects with the network's or the receiver's refusal. */
  send(metrics: ResourceMetrics): Promise<void>
  /** Lets go of the connections; what is under way fails, and a later sending opens new ones. */
  drop(): void
}

interface Opened {
  readonly exporter: PushMetricExporter
  close(): void
}

/** Makes a way to the receiver; the protocol's code is loaded by the first sending. */
export function createChannel(receiver: Receiver, userAgent: string): Channel {
  let opened: Promise<Opened> | undefined
  return {
    async send(metrics) {
      opened ??= open(receiver, userAgent)
      const { exporter } = await opened
      await new Promise<void>((resolve, reject) => {
        exporter.export(metrics, ({ code, error }) => {
          if (code === 0) resolve()
          else reject(error ?? new Error('refused'))
        })
      })
    },
    drop() {
      const old = opened
      opened = undefined
      old?.then(({ close }) => close()).catch(() => undefined)
    },
  }
}

/* explicit values win over the process's own variables, which the SDK reads too */
async function open(receiver: Receiver, userAgent: string): Promise<Opened> {
  const { url, headers, timeout, tls } = receiver
  const common = { url: url.href, timeoutMillis: timeout, concurrencyLimit: 1, userAgent }
  if (receiver.protocol === 'grpc') {
    const { OTLPMetricExporter: Exporter } = await import(
      '@opentelemetry/exporter-metrics-otlp-grpc'
    )
    const { credentials, Metadata } = await import('@grpc/grpc-js')
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
    const secure = url.protocol === 'https:'
    const exporter = new Exporter({
      ...common,
      compression: receiver.compression as Compression,
      metadata,
      credentials: secure
        ? credentials.createSsl(tls.ca, tls.key, tls.cert)
        : credentials.createInsecure(),
    })
    return { exporter, close: () => void exporter.shutdown().catch(() => undefined) }
  }
  const agent =
    url.protocol === 'https:'
      ? new HttpsAgent({ keepAlive: true, ...tls })
      : new HttpAgent({ keepAlive: true })
  const { OTLPMetricExporter: Exporter } = await (receiver.protocol === 'http/json'
    ? import('@opentelemetry/exporter-metrics-otlp-http')
    : import('@opentelemetry/exporter-metrics-otlp-proto'))
  const exporter = new Exporter({
    ...common,
    headers,
    compression: receiver.compression as Compression,
    httpAgentOptions: () => agent,
  })
  return { exporter, close: () => agent.destroy() }
}
