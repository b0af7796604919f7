// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { milliseconds, pairs, type Reading, type Variables, word } from './variables.ts'

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const

export type Protocol = (typeof PROTOCOLS)[number]

/** Certificates and keys in PEM; what is absent is the system's. */
export interface Tls {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** Where metrics are pushed to, and how. */
export interface Receiver {
  readonly protocol: Protocol
  /** By HTTP with the path; by gRPC without. */
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  /** Milliseconds for one export with its repeats. */
  readonly timeout: number
  readonly tls: Tls
}

/** Reads the exporter's variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export function receiverOf(variables: Variables): Receiver {
  const protocol = variables.first(forms('PROTOCOL'), word(PROTOCOLS)) ?? 'http/protobuf'
  return {
    protocol,
    url: urlOf(variables, protocol),
    headers: headersOf(variables),
    compression: variables.first(forms('COMPRESSION'), word(['gzip', 'none'])) ?? 'none',
    timeout: variables.first(forms('TIMEOUT'), milliseconds) ?? 10_000,
    tls: tlsOf(variables),
  }
}

/** The form for metrics alone, which wins, and the one for all signals. */
function forms(name: string): readonly [metrics: string, all: string] {
  return [`OTEL_EXPORTER_OTLP_METRICS_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
}

/* the form for all signals is a base, that for metrics the whole address */
function urlOf(variables: Variables, protocol: Protocol): URL {
  const [metrics, all] = forms('ENDPOINT')
  const given = variables.first([metrics, all], {
    expected: 'a URL that begins with http:// or https://, such as http://localhost:4318',
    secret: true,
    read(text, variable) {
      if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
      if (protocol === 'grpc' || variable === metrics) return new URL(text)
      const url = new URL(text)
      url.pathname = url.pathname.replace(/\/*$/, '/v1/metrics')
      return url
    },
  })
  if (given) return given
  return new URL(protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318/v1/metrics')
}

/* both forms count, name by name */
function headersOf(variables: Variables): Readonly<Record<string, string>> {
  const headers: Reading<Readonly<Record<string, string>>> = {
    ...pairs('headers', (name, value) => TOKEN.test(name) && VISIBLE.test(value)),
    secret: true,
  }
  const [metrics, all] = forms('HEADERS')
  const given = { ...variables.first([all], headers), ...variables.first([metrics], headers) }
  const entries = Object.entries(given)
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]))
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
const VISIBLE = /^[\x20-\x7e]*$/

function tlsOf(variables: Variables): Tls {
  const ca = variables.first(forms('CERTIFICATE'), pem('ca'))
  const cert = variables.first(forms('CLIENT_CERTIFICATE'), pem('cert'))
  const key = variables.first(forms('CLIENT_KEY'), pem('key'))
  if (!cert !== !key) {
    const [, missing] = forms(cert ? 'CLIENT_KEY' : 'CLIENT_CERTIFICATE')
    variables.fault(`${missing}: got nothing; expected the other half of the client's certificate`)
  }
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function pem(role: keyof Tls): Reading<Buffer> {
  return {
    expected: 'the path of a readable file in PEM',
    read(path) {
      try {
        const content = readFileSync(path)
        createSecureContext({ [role]: content })
        return content.includes('-----BEGIN') ? content : undefined
      } catch {
        return undefined
      }
    },
  }
}
