// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PktspotError } from '../../src/errors.ts'
import { otlpEnvironment } from '../../src/exporters/otlp/environment.ts'
import { negotiate } from '../../src/exporters/prometheus/negotiate.ts'
import { addressText, addressWords } from '../../src/groups/address-text.ts'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import { groupObjections } from '../../src/groups/check/groups.ts'
import { keyText, keyWords } from '../../src/groups/key-text.ts'
import { parseListenAddress } from '../../src/server/address.ts'
import { decoded, numberOf, oneOf, readParameters } from '../../src/server/api/parameters.ts'
import { RequestError } from '../../src/server/api/request-error.ts'
import { prefersGzip } from '../../src/server/encoding.ts'
import { foreignness, rebinding } from '../../src/server/same-site.ts'
import { checkWebConfig } from '../../src/server/web-config/kept.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { expressionMistake, userStatistic } from '../../src/statistics/user-statistic.ts'
import { known } from '../settings/known.ts'
import { catalogOf } from '../statistics/catalog.ts'
import { packageRoot } from '../support/root.ts'

/** A reader of texts: what it reads, and what it may answer; it throws when a promise is broken. */
export interface Reader {
  readonly seeds: readonly string[]
  readonly read: (text: string) => unknown
}

function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`)
}

/** Lets pass errors of a code, whose message is then tried; anything else is a finding. */
function refused(code: string, said: (message: string) => void = () => undefined) {
  return (error: unknown): void => {
    if (!(error instanceof PktspotError) || error.code !== code) throw error
    insist(error.message !== '', 'an error says something')
    said(error.message)
  }
}

/** Runs a reader that throws, of promises only such errors. */
function tried(run: () => unknown, check: (error: unknown) => void): void {
  try {
    run()
  } catch (error) {
    check(error)
  }
}

const catalog = catalogOf('SYN', 'SYN_ACK', 'IP', 'TCP', 'ARP', 'SIZES')

function expression(text: string): void {
  const mistake = expressionMistake(text, catalog)
  if (mistake) {
    insist(mistake.message !== '' && mistake.offset >= 0, 'a mistake has its place')
    insist(mistake.offset <= text.length, 'a mistake lies in its text')
    return
  }
  userStatistic({ name: 'R_X', help: 'x', expr: text }, catalog)
}

const EXPRESSIONS = [
  'SYN / IP',
  '(SYN - SYN_ACK) / max(IP, 1) * 100',
  'IP > 100 ? SYN / IP : 0',
  'prev(SYN) + sqrt(abs(-TCP)) % 7 - log(IP + 1e3)',
  'SYN == 0 && ARP != 1 || !TCP',
  'SYN / seconds',
]

/** A file whose every mistake is told with its line and column. */
function settings(text: string, groups: Parameters<typeof groupObjections>[1]): void {
  const checks = known({
    expression: (each) => expressionMistake(each, catalog),
    groups: (items) => groupObjections(items, groups),
  })
  const file = { path: 'f.yaml', text }
  tried(
    () => loadSettings({ env: {}, flags: {}, file, known: checks }),
    refused('SETTINGS', (message) =>
      insist(/^f\.yaml:\d+:\d+: ./.test(message), `a place in ${message}`),
    ),
  )
}

async function settingsSeeds(): Promise<readonly string[]> {
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
  const documents = [
    'docs/groups.md',
    'docs/statistics.md',
    'docs/counters.md',
    'docs/detection.md',
  ]
  const others = await Promise.all(
    documents.map((name) => readFile(join(packageRoot, name), 'utf8')),
  )
  const blocks = [readme, ...others].flatMap((text) => [...text.matchAll(/```yaml\n(.*?)```/gs)])
  return [
    ...blocks.flatMap(([, block = '']) => (block.length < 2000 ? [block] : [])),
    'interfaces: [eth0, "!veth*"]\nsource: auto\nperiod: 1\nwindows: [1, 10]\nkernel_memory: 32MiB\n',
    'spot: { false_alarms_per_day: 1, max_event: 1h, q: 1e-6, level: 0.98 }\n',
    'counters:\n  - { name: ZERO, help: x, layer: TCP, filter: "tcp[14:2] == 0", add: 1 }\n',
    'user_statistics:\n  - { name: R_ZERO, help: x, expr: "SYN / IP", when: "IP > 100" }\n',
    'counter_groups:\n  - name: x\n    guid: 1\n    key: { fields: [ip.src] }\n    meters: [[Bytes]]\n',
    'web: { listen_address: ["127.0.0.1:10777"], config_file: null, reload: false }\n',
    'state: { directory: /tmp/x, interval: 60s }\nprivacy: { ipv4_prefix: 32 }\n',
  ]
}

async function webConfig(text: string, folder: string): Promise<void> {
  const path = join(folder, 'web.yml')
  await writeFile(path, text)
  await checkWebConfig(path).catch(
    refused('SETTINGS', (message) => insist(message.startsWith(path), `a place in ${message}`)),
  )
}

const WEB_CONFIGS = [
  'tls_server_config: { cert_file: server.pem, key_file: server.key, min_version: TLS12 }\n',
  'http_server_config: { http2: true, headers: { Strict-Transport-Security: max-age=1 } }\n',
  'basic_auth_users:\n  alice: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG\n',
  'rate_limit: { interval: 1s, burst: 20 }\n',
  'tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n',
]

function openTelemetry(text: string): void {
  const [name = '', value = ''] = text.split(/\|(.*)/s)
  const prefix = 'OTEL_EXPORTER_OTLP_'
  tried(
    () => otlpEnvironment({ [name.startsWith('OTEL') ? name : prefix + name]: value }),
    refused('SETTINGS', (message) =>
      insist(message.includes('OTEL'), `the variable in ${message}`),
    ),
  )
}

const OPEN_TELEMETRY = [
  'ENDPOINT|http://collector:4318/base',
  'METRICS_ENDPOINT|https://[::1]:4317',
  'HEADERS|api-key=secret,x=%20y',
  'TIMEOUT|10000',
  'PROTOCOL|grpc',
  'COMPRESSION|gzip',
  'METRICS_TEMPORALITY_PREFERENCE|delta',
  'OTEL_RESOURCE_ATTRIBUTES|service.name=a,host=b%20c',
  'OTEL_METRIC_EXPORT_INTERVAL|60000',
  'OTEL_SDK_DISABLED|true',
]

function query(text: string): void {
  const names = ['interface', 'window', 'statistic', 'n', 'from']
  tried(
    () => {
      const found = readParameters(new URLSearchParams(text), names)
      insist(Number.isFinite(numberOf(found, 'n') ?? 0), 'numbers are finite')
      oneOf(found, 'interface', ['eth0', 'lo'])
    },
    (error) => {
      if (!(error instanceof RequestError) || error.status !== 400) throw error
    },
  )
  decoded(text)
}

function headers(text: string): void {
  const { type } = negotiate(text)
  insist(/^(?:text\/plain|application\/openmetrics-text); version=/.test(type), 'a known type')
  prefersGzip(text)
  rebinding(text)
  foreignness({ method: text, host: text, origin: text, site: undefined, mode: text, dest: text })
}

function listening(text: string): void {
  tried(() => {
    const { port } = parseListenAddress(text)
    insist(Number.isInteger(port) && port >= 0 && port < 65_536, 'a port')
  }, refused('LISTEN'))
}

/** Texts of keys mean the same again when they are written and read. */
function keys(text: string, groups: readonly Parameters<typeof keyWords>[0][]): void {
  for (const group of groups) {
    const words = keyWords(group, text)
    if (!words) continue
    const again = keyWords(group, keyText(group, words))
    insist(again?.join() === words.join(), `${group.name} ${words} is ${again}`)
  }
  const address = addressWords(text)
  if (!address) return
  const again = addressWords(addressText(address))
  insist(again?.high === address.high && again.low === address.low, 'an address is itself')
}

const KEYS = [
  ...['192.0.2.1', '2001:db8::1', '::ffff:1.2.3.4', 'fe80::1%eth0', '1:2:3:4:5:6:7:8', '::'],
  ...['tcp/443', 'udp/53', '53', 'tcp', '02:00:00:00:00:01', '10.0.0.0/8', 'Other', '128-255'],
  ...['tcp 192.0.2.1:80 192.0.2.2:9', '[2001:db8::1]:80', '0x0800', 'icmp 8/0', '100'],
]

/** Every reader of texts that come from outside. */
export async function readers(folder: string): Promise<Readonly<Record<string, Reader>>> {
  const groups = await loadBuiltinGroups()
  return {
    expressions: { seeds: EXPRESSIONS, read: expression },
    settings: { seeds: await settingsSeeds(), read: (text) => settings(text, groups) },
    'web configuration': { seeds: WEB_CONFIGS, read: (text) => webConfig(text, folder) },
    'OpenTelemetry variables': { seeds: OPEN_TELEMETRY, read: openTelemetry },
    'listen addresses': {
      seeds: ['127.0.0.1:10777', '[::1]:9100', ':80', 'localhost:1', '[fe80::1%eth0]:65535'],
      read: listening,
    },
    queries: {
      seeds: ['interface=eth0&window=10', 'n=5&from=1e3', 'statistic=R_SYN&%41=%zz', 'n=-1.5e+3'],
      read: query,
    },
    headers: {
      seeds: [
        'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;q=0.5,*/*;q=0.1',
        'gzip;q=0.5, identity;q=0, *',
        'localhost:10777',
        'http://[::1]:80/x',
      ],
      read: headers,
    },
    keys: { seeds: KEYS, read: (text) => keys(text, groups) },
  }
}
