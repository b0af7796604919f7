// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { packageRoot } from './root.ts'

const PROTO = 'opentelemetry/proto/collector/metrics/v1/metrics_service.proto'
const SERVICE = 'opentelemetry.proto.collector.metrics.v1'

const REQUEST = loadRequest()

/** One series of one export. */
export interface ReceivedPoint {
  readonly name: string
  readonly unit: string
  readonly kind: 'sum' | 'gauge' | 'histogram'
  readonly temporality: string | undefined
  readonly monotonic: boolean | undefined
  readonly attributes: Readonly<Record<string, string | boolean>>
  /** Unix nanoseconds. */
  readonly start: bigint
  readonly end: bigint
  /** An integer, a double, or a histogram. */
  readonly value: bigint | number | ReceivedBuckets
}

export interface ReceivedBuckets {
  readonly bounds: readonly number[]
  readonly counts: readonly bigint[]
  readonly count: bigint
  readonly sum: number | undefined
}

/** One export as it arrived. */
export interface Received {
  readonly headers: Readonly<Record<string, unknown>>
  readonly path: string
  readonly resource: Readonly<Record<string, string | boolean>>
  readonly scope: string
  readonly points: readonly ReceivedPoint[]
}

/** What is done with an export: taken, refused with a status, or left without an answer. */
export type Conduct = 'take' | 'hang' | number

export interface OtlpReceiver extends AsyncDisposable {
  readonly port: number
  readonly received: readonly Received[]
  conduct: Conduct
  /** Waits for the export after so many. */
  next(after?: number): Promise<Received>
}

interface Options {
  /** 0 for any. */
  readonly port?: number
  readonly tls?: Pick<ServerOptions, 'key' | 'cert' | 'ca' | 'requestCert' | 'rejectUnauthorized'>
}

/** Receives by HTTP, protobuf and JSON, and answers as the specification says. */
export async function receiveHttp(options: Options = {}): Promise<OtlpReceiver> {
  const book = bookOf()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (book.conduct === 'hang') return
    if (typeof book.conduct === 'number') {
      response.writeHead(book.conduct).end()
      return
    }
    const { headers, url = '' } = request
    const raw = Buffer.concat(chunks)
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    const type = headers['content-type']
    const json = type === 'application/json'
    if (!json && type !== 'application/x-protobuf') throw new Error(`content type ${type}`)
    book.add(headers, url, json ? REQUEST.fromObject(JSON.parse(String(body))) : decode(body))
    response.writeHead(200, { 'content-type': type }).end(json ? '{}' : '')
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)))
  }
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(book, {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}

/** Receives by gRPC. */
export async function receiveGrpc(
  options: { port?: number; tls?: { ca: Buffer; key: Buffer; cert: Buffer; client: boolean } } = {},
): Promise<OtlpReceiver> {
  const book = bookOf()
  const path = `/${SERVICE}.MetricsService/Export`
  const pass = (bytes: Buffer): Buffer => bytes
  const shape = { requestStream: false, responseStream: false, requestSerialize: pass }
  const service = {
    ...shape,
    path,
    requestDeserialize: pass,
    responseSerialize: pass,
    responseDeserialize: pass,
  }
  const implementation: UntypedServiceImplementation = {
    export(call: { request: Buffer; metadata: { getMap(): object } }, answer: Answer) {
      if (book.conduct === 'hang') return
      if (typeof book.conduct === 'number') return answer({ code: book.conduct, details: 'no' })
      book.add({ ...call.metadata.getMap() }, path, decode(call.request))
      answer(null, Buffer.alloc(0))
    },
  }
  const server = new Server()
  server.addService({ export: service }, implementation)
  const { tls } = options
  const credentials = tls
    ? ServerCredentials.createSsl(
        tls.ca,
        [{ private_key: tls.key, cert_chain: tls.cert }],
        tls.client,
      )
    : ServerCredentials.createInsecure()
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${options.port ?? 0}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return Object.assign(book, {
    port,
    async [Symbol.asyncDispose]() {
      server.forceShutdown()
    },
  })
}

type Answer = (error: { code: number; details: string } | null, response?: Buffer) => void

function bookOf() {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  return {
    received: received as readonly Received[],
    conduct: 'take' as Conduct,
    add(headers: Received['headers'], path: string, message: protobuf.Message) {
      received.push({ headers, path, ...flat(message) })
      for (const wake of waiting) wake()
      waiting.clear()
    },
    async next(after = received.length): Promise<Received> {
      for (;;) {
        const found = received[after]
        if (found) return found
        const late = AbortSignal.timeout(10_000)
        await new Promise<void>((resolve, reject) => {
          waiting.add(resolve)
          late.addEventListener('abort', () => reject(new Error('no export within 10 seconds')))
        })
      }
    },
  }
}

function loadRequest(): protobuf.Type {
  const folder = join(packageRoot, 'test/support/opentelemetry-proto')
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => join(folder, target)
  return root.loadSync(PROTO).lookupType(`${SERVICE}.ExportMetricsServiceRequest`)
}

function decode(bytes: Uint8Array): protobuf.Message {
  return REQUEST.decode(bytes)
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly boolValue?: boolean }
}

interface RawPoint {
  readonly attributes?: readonly Attribute[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
  readonly asInt?: string
  readonly asDouble?: number
  readonly explicitBounds?: readonly number[]
  readonly bucketCounts?: readonly string[]
  readonly count?: string
  readonly sum?: number
}

interface RawData {
  readonly dataPoints: readonly RawPoint[]
  readonly aggregationTemporality?: string
  readonly isMonotonic?: boolean
}

interface RawMetric {
  readonly name: string
  readonly unit?: string
  readonly sum?: RawData
  readonly gauge?: RawData
  readonly histogram?: RawData
}

interface RawRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string }
      readonly metrics: readonly RawMetric[]
    }[]
  }[]
}

function flat(message: protobuf.Message): Pick<Received, 'resource' | 'scope' | 'points'> {
  const raw = REQUEST.toObject(message, { longs: String, enums: String }) as RawRequest
  const [only, second] = raw.resourceMetrics
  const [scoped] = only?.scopeMetrics ?? []
  if (!only || !scoped || second) throw new Error('one resource with one scope was expected')
  return {
    resource: record(only.resource.attributes),
    scope: scoped.scope.name,
    points: scoped.metrics.flatMap(pointsOf),
  }
}

function pointsOf({ name, unit = '', ...data }: RawMetric): ReceivedPoint[] {
  const kind = (['sum', 'gauge', 'histogram'] as const).find((each) => data[each])
  const found = kind && data[kind]
  if (!found) throw new Error(`${name} has no data`)
  const { aggregationTemporality: temporality, isMonotonic: monotonic } = found
  return found.dataPoints.map((point) => ({
    name,
    unit,
    kind,
    temporality: temporality?.replace('AGGREGATION_TEMPORALITY_', '').toLowerCase(),
    monotonic,
    attributes: record(point.attributes ?? []),
    start: BigInt(point.startTimeUnixNano),
    end: BigInt(point.timeUnixNano),
    value: kind === 'histogram' ? buckets(point) : numberOf(name, point),
  }))
}

function buckets(point: RawPoint): ReceivedBuckets {
  const { explicitBounds: bounds = [], bucketCounts = [], count = '0', sum } = point
  return { bounds, counts: bucketCounts.map(BigInt), count: BigInt(count), sum }
}

function numberOf(name: string, { asInt, asDouble }: RawPoint): bigint | number {
  if (asInt !== undefined) return BigInt(asInt)
  if (asDouble === undefined) throw new Error(`a point of ${name} has no value`)
  return asDouble
}

function record(attributes: readonly Attribute[]): Record<string, string | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? '']),
  )
}
