// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { otlpEnvironment } from '../../src/exporters/otlp/environment.ts'

const OTLP = 'OTEL_EXPORTER_OTLP_'

function read(environment: Record<string, string>) {
  const found = otlpEnvironment(environment)
  if (!found) throw new Error('switched off')
  return found
}

function refusal(environment: Record<string, string>): string {
  try {
    otlpEnvironment(environment)
  } catch (error) {
    if (error instanceof PktspotError && error.code === 'SETTINGS') return error.message
    throw error
  }
  return ''
}

t.test('has the defaults of the specification', async (t) => {
  const { url, ...rest } = read({})
  t.equal(url.href, 'http://localhost:4318/v1/metrics')
  t.same(rest, {
    protocol: 'http/protobuf',
    headers: {},
    compression: 'none',
    timeout: 10_000,
    tls: {},
    interval: 60_000,
    exportTimeout: 30_000,
    temporality: 'cumulative',
    attributes: {},
  })
  t.equal(read({ [`${OTLP}PROTOCOL`]: 'grpc' }).url.href, 'http://localhost:4317/')
})

t.test('takes an empty variable for one that is not set', async (t) => {
  const environment = { [`${OTLP}ENDPOINT`]: '', [`${OTLP}TIMEOUT`]: ' ', OTEL_SDK_DISABLED: '' }
  t.same(read(environment), read({}))
})

const ENDPOINTS: readonly [Record<string, string>, string][] = [
  [{ ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/metrics'],
  [{ ENDPOINT: 'http://c:4318/' }, 'http://c:4318/v1/metrics'],
  [{ ENDPOINT: 'https://c/otlp' }, 'https://c/otlp/v1/metrics'],
  [{ ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/metrics'],
  [{ METRICS_ENDPOINT: 'http://c:4318' }, 'http://c:4318/'],
  [{ METRICS_ENDPOINT: 'http://c:4318/push?x=1' }, 'http://c:4318/push?x=1'],
  [{ ENDPOINT: 'http://a', METRICS_ENDPOINT: 'http://b/m' }, 'http://b/m'],
  [{ ENDPOINT: 'http://c:4317', PROTOCOL: 'grpc' }, 'http://c:4317/'],
]
for (const [given, href] of ENDPOINTS) {
  t.test(`sends for ${JSON.stringify(given)} to ${href}`, async (t) => {
    const environment = Object.entries(given).map(([name, value]) => [`${OTLP}${name}`, value])
    t.equal(read(Object.fromEntries(environment)).url.href, href)
  })
}

t.test('lets the form for metrics win', async (t) => {
  const found = read({
    [`${OTLP}PROTOCOL`]: 'grpc',
    [`${OTLP}METRICS_PROTOCOL`]: 'http/json',
    [`${OTLP}COMPRESSION`]: 'none',
    [`${OTLP}METRICS_COMPRESSION`]: 'gzip',
    [`${OTLP}TIMEOUT`]: '1',
    [`${OTLP}METRICS_TIMEOUT`]: '2500',
    [`${OTLP}HEADERS`]: 'A=1,B=2',
    [`${OTLP}METRICS_HEADERS`]: 'b=Basic%20eA%3D%3D, c=x=y',
    [`${OTLP}METRICS_TEMPORALITY_PREFERENCE`]: 'LowMemory',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_METRIC_EXPORT_TIMEOUT: '100',
  })
  t.match(found, {
    protocol: 'http/json',
    compression: 'gzip',
    timeout: 2500,
    temporality: 'lowmemory',
    interval: 200,
    exportTimeout: 100,
  })
  t.same(found.headers, { a: '1', b: 'Basic eA==', c: 'x=y' })
})

t.test('names the service by its own variable first', async (t) => {
  const attributes = 'service.name=other,k8s.pod.name=p%2C1,k8s.node.name='
  t.same(read({ OTEL_RESOURCE_ATTRIBUTES: attributes }).attributes, {
    'service.name': 'other',
    'k8s.pod.name': 'p,1',
    'k8s.node.name': '',
  })
  const both = read({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'edge' })
  t.equal(both.attributes['service.name'], 'edge')
})

t.test('is switched off by the variables that do so', async (t) => {
  t.equal(otlpEnvironment({ OTEL_SDK_DISABLED: 'TRUE' }), undefined)
  t.equal(otlpEnvironment({ OTEL_METRICS_EXPORTER: 'none' }), undefined)
  t.ok(otlpEnvironment({ OTEL_SDK_DISABLED: 'false', OTEL_METRICS_EXPORTER: 'otlp' }))
})

const folder = mkdtempSync(join(tmpdir(), 'pktspot-'))
t.teardown(async () => (await import('node:fs/promises')).rm(folder, { recursive: true }))
const notPem = join(folder, 'not.pem')
writeFileSync(notPem, 'hello')

const WRONG: readonly [name: string, value: string, told: RegExp][] = [
  [`${OTLP}PROTOCOL`, 'http', /got "http"; expected one of http\/protobuf, http\/json, grpc$/],
  [`${OTLP}METRICS_PROTOCOL`, 'thrift', /expected one of/],
  [`${OTLP}ENDPOINT`, 'collector:4317', /begins with http:\/\/ or https:\/\//],
  [`${OTLP}METRICS_ENDPOINT`, 'http://', /begins with http/],
  [`${OTLP}COMPRESSION`, 'zstd', /got "zstd"; expected one of gzip, none$/],
  [`${OTLP}TIMEOUT`, '10s', /whole number of milliseconds/],
  [`${OTLP}TIMEOUT`, '0', /whole number of milliseconds/],
  [`${OTLP}HEADERS`, 'api-key', /name=value/],
  [`${OTLP}HEADERS`, 'a b=1', /name=value/],
  [`${OTLP}HEADERS`, 'a=%0a', /name=value/],
  [`${OTLP}HEADERS`, 'a=%zz', /name=value/],
  [`${OTLP}CERTIFICATE`, '/nowhere/ca.pem', /got "\/nowhere\/ca.pem"; expected the path/],
  [`${OTLP}CERTIFICATE`, notPem, /in PEM/],
  ['OTEL_METRIC_EXPORT_INTERVAL', '-1', /whole number of milliseconds/],
  ['OTEL_METRIC_EXPORT_INTERVAL', '2147483648', /whole number of milliseconds/],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '1.5', /whole number of milliseconds/],
  [`${OTLP}METRICS_TEMPORALITY_PREFERENCE`, 'both', /one of cumulative, delta, lowmemory$/],
  ['OTEL_RESOURCE_ATTRIBUTES', 'k8s.pod.name', /name=value/],
  ['OTEL_METRICS_EXPORTER', 'prometheus', /one of otlp, none$/],
  ['OTEL_SDK_DISABLED', 'yes', /one of true, false$/],
]
for (const [name, value, told] of WRONG) {
  t.test(`refuses ${name}=${value}, by name`, async (t) => {
    const message = refusal({ [name]: value })
    t.ok(message.startsWith(`${name}: got `), message)
    t.match(message, told)
    t.notMatch(message, '\n')
  })
}

t.test('tells every mistake at once, and no secret', async (t) => {
  const message = refusal({
    [`${OTLP}HEADERS`]: 'authorization:hunter2',
    [`${OTLP}ENDPOINT`]: 'ftp://user:hunter2@c',
    OTEL_METRIC_EXPORT_INTERVAL: 'often',
  })
  t.equal(message.split('\n').length, 3)
  t.notMatch(message, 'hunter2')
})

t.test('wants both halves of a client certificate', async (t) => {
  const message = refusal({ [`${OTLP}CLIENT_KEY`]: '/nowhere/key.pem' })
  t.match(message, `${OTLP}CLIENT_KEY: got "/nowhere/key.pem"`)
})
