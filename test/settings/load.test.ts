// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { loadSettings, resolveSettings } from '../../src/settings/load.ts'

const file = (text: string) => ({ path: 'f.yaml', text })
const nothing = { env: {}, flags: {} }

t.test('without any input, the defaults are those documented', async (t) => {
  t.strictSame(loadSettings(nothing), {
    interfaces: ['default-route'],
    source: 'auto',
    transmit: true,
    period: 1,
    windows: null,
    kernel_memory: 33_554_432,
    statistics: { enabled: ['*'], disabled: [] },
    spot: {
      false_alarms_per_day: 1,
      q: null,
      level: null,
      n_init: null,
      depth: 0,
      max_excess: 200,
      max_event: 3600,
      hold_off: 60,
      up: null,
      down: null,
      per_statistic: {},
    },
    counters: [],
    user_statistics: [],
    counter_groups: [],
    privacy: { ipv4_prefix: 32, ipv6_prefix: 128 },
    plugins: [],
    drops: { enabled: true },
    state: { directory: '/var/lib/pktspot', interval: 60 },
    pins: { enabled: false, directory: '/sys/fs/bpf/pktspot' },
    web: {
      listen_address: ['127.0.0.1:10777', '[::1]:10777'],
      systemd_socket: false,
      telemetry_path: '/metrics',
      config_file: null,
      max_requests: 40,
      reload: false,
    },
    limits: { cpu: 0.1 },
    otlp: { enabled: false },
    metrics: { created: false },
    log: { level: 'info', format: 'auto' },
  })
})

t.test('file < environment < flags, key by key', async (t) => {
  const { settings, origins } = resolveSettings({
    file: file('source: tcx\nperiod: 2\nlog:\n  level: warn\nweb:\n  telemetry_path: /m\n'),
    env: { PKTSPOT_SOURCE: 'xdp', PKTSPOT_LOG_LEVEL: 'error' },
    flags: { source: 'packet-socket', 'log-level': undefined },
  })
  t.equal(settings.source, 'packet-socket')
  t.equal(settings.log.level, 'error')
  t.equal(settings.period, 2)
  t.equal(settings.web.telemetry_path, '/m')
  t.strictSame(settings.web.listen_address, ['127.0.0.1:10777', '[::1]:10777'])
  t.strictSame(Object.fromEntries(origins), {
    source: '--source',
    period: 'f.yaml:2',
    'log.level': 'PKTSPOT_LOG_LEVEL',
    'web.telemetry_path': 'f.yaml:6',
  })
})

t.test('every setting has its environment variable, derived from its path', async (t) => {
  const settings = loadSettings({
    env: {
      PKTSPOT_INTERFACES: 'eth0, !veth*',
      PKTSPOT_PRIVACY_IPV4_PREFIX: '24',
      PKTSPOT_PRIVACY_IPV6_PREFIX: '64',
      PKTSPOT_SOURCE: 'xdp-generic',
      PKTSPOT_TRANSMIT: 'false',
      PKTSPOT_PERIOD: '0.5',
      PKTSPOT_WINDOWS: '0.5, 5, 60',
      PKTSPOT_KERNEL_MEMORY: '64MiB',
      PKTSPOT_STATISTICS_ENABLED: 'R_*,TRAFFIC',
      PKTSPOT_STATISTICS_DISABLED: 'R_IP',
      PKTSPOT_SPOT_FALSE_ALARMS_PER_DAY: '2.5',
      PKTSPOT_SPOT_Q: '1e-4',
      PKTSPOT_SPOT_LEVEL: '.97',
      PKTSPOT_SPOT_N_INIT: '500',
      PKTSPOT_SPOT_DEPTH: '20',
      PKTSPOT_SPOT_MAX_EXCESS: '100',
      PKTSPOT_SPOT_MAX_EVENT: '30m',
      PKTSPOT_SPOT_HOLD_OFF: '0',
      PKTSPOT_SPOT_UP: 'true',
      PKTSPOT_SPOT_DOWN: 'false',
      PKTSPOT_PLUGINS: './a.mjs, /b.mjs',
      PKTSPOT_DROPS_ENABLED: 'false',
      PKTSPOT_STATE_DIRECTORY: 'state',
      PKTSPOT_STATE_INTERVAL: '5m',
      PKTSPOT_PINS_ENABLED: 'true',
      PKTSPOT_PINS_DIRECTORY: '/sys/fs/bpf/other',
      PKTSPOT_WEB_LISTEN_ADDRESS: ':1,[::1]:2',
      PKTSPOT_WEB_SYSTEMD_SOCKET: 'true',
      PKTSPOT_OTLP_ENABLED: 'true',
      PKTSPOT_METRICS_CREATED: 'true',
      PKTSPOT_WEB_TELEMETRY_PATH: '/m',
      PKTSPOT_WEB_CONFIG_FILE: 'web.yml',
      PKTSPOT_WEB_MAX_REQUESTS: '7',
      PKTSPOT_WEB_RELOAD: 'true',
      PKTSPOT_LIMITS_CPU: '2.5%',
      PKTSPOT_LOG_LEVEL: 'debug',
      PKTSPOT_LOG_FORMAT: 'json',
    },
    flags: {},
  })
  t.strictSame(settings, {
    interfaces: ['eth0', '!veth*'],
    source: 'xdp-generic',
    transmit: false,
    period: 0.5,
    windows: [0.5, 5, 60],
    kernel_memory: 67_108_864,
    statistics: { enabled: ['R_*', 'TRAFFIC'], disabled: ['R_IP'] },
    spot: {
      false_alarms_per_day: 2.5,
      q: 1e-4,
      level: 0.97,
      n_init: 500,
      depth: 20,
      max_excess: 100,
      max_event: 1800,
      hold_off: 0,
      up: true,
      down: false,
      per_statistic: {},
    },
    counters: [],
    user_statistics: [],
    counter_groups: [],
    privacy: { ipv4_prefix: 24, ipv6_prefix: 64 },
    plugins: ['./a.mjs', '/b.mjs'],
    drops: { enabled: false },
    state: { directory: 'state', interval: 300 },
    pins: { enabled: true, directory: '/sys/fs/bpf/other' },
    web: {
      listen_address: [':1', '[::1]:2'],
      systemd_socket: true,
      telemetry_path: '/m',
      config_file: 'web.yml',
      max_requests: 7,
      reload: true,
    },
    limits: { cpu: 0.025 },
    otlp: { enabled: true },
    metrics: { created: true },
    log: { level: 'debug', format: 'json' },
  })
})

t.test('a directory for the state is relative to the file, and may be none', async (t) => {
  const directory = (text: string, path = '/etc/pktspot/f.yaml') =>
    loadSettings({ ...nothing, file: { path, text: `state: { directory: ${text} }\n` } }).state
      .directory
  t.equal(directory('state'), '/etc/pktspot/state')
  t.equal(directory('/state'), '/state')
  t.equal(directory('null'), null)
  t.equal(directory('~'), null)
  const env = { PKTSPOT_STATE_DIRECTORY: 'null' }
  t.equal(loadSettings({ env, flags: {} }).state.directory, null)
  t.throws(() => directory('""'), /state.directory: got ""; expected a path, or null/)
})

t.test('flags stand for settings, repeated ones for lists', async (t) => {
  const settings = loadSettings({
    env: {},
    flags: {
      interface: ['eth0', 'eth1'],
      period: '10',
      'web.listen-address': ['127.0.0.1:0'],
      'web.telemetry-path': '/m',
      'web.systemd-socket': 'true',
      'web.config.file': 'web.yml',
      'web.max-requests': '0',
    },
  })
  t.strictSame(settings.interfaces, ['eth0', 'eth1'])
  t.equal(settings.period, 10)
  t.strictSame(settings.web, {
    listen_address: ['127.0.0.1:0'],
    systemd_socket: true,
    telemetry_path: '/m',
    config_file: 'web.yml',
    max_requests: 0,
    reload: false,
  })
})

t.test('variables that others set are not ours', async (t) => {
  const env = {
    PKTSPOT_SOURCE: '',
    PKTSPOT_PORT: 'tcp://10.0.0.1:10777',
    PKTSPOT_PORT_10777_TCP_ADDR: '10.0.0.1',
    PKTSPOT_SERVICE_HOST: '10.0.0.1',
    PKTSPOT_METRICS_SERVICE_PORT_HTTP: '10777',
    PATH: '/bin',
  }
  t.strictSame(loadSettings({ env, flags: {} }), loadSettings(nothing))
})

t.test('the process itself is never looked at', async (t) => {
  t.intercept(process, 'env', { value: { PKTSPOT_SOURCE: 'xdp' } })
  t.intercept(process, 'argv', { value: ['node', 'main', '--source', 'tcx'] })
  t.equal(loadSettings(nothing).source, 'auto')
})

t.test('settings are frozen to the last list, and no two loads share anything', async (t) => {
  const [one, two] = [loadSettings(nothing), loadSettings(nothing)]
  const visit = (value: object): void => {
    t.ok(Object.isFrozen(value))
    for (const inner of Object.values(value)) if (inner instanceof Object) visit(inner)
  }
  visit(one)
  t.not(one.interfaces, two.interfaces)
  t.not(one.spot, two.spot)
})

t.test('empty files, empty sections, anchors and merges are fine', async (t) => {
  const defaults = loadSettings(nothing)
  for (const text of ['', '# nothing\n', 'web:\n', '---\nspot: {}\n...\n']) {
    t.strictSame(loadSettings({ ...nothing, file: file(text) }), defaults, JSON.stringify(text))
  }
  const text =
    'spot: {n_init: &n 100, max_excess: *n}\nweb: &w {telemetry_path: /a}\n' +
    'log:\n  level: &l debug\nstatistics:\n  <<: [{enabled: [R_IP]}, {enabled: [R_SYN], disabled: [R_ARP]}]\n'
  const settings = loadSettings({ ...nothing, file: file(text) })
  t.equal(settings.spot.max_excess, 100)
  t.strictSame(settings.statistics, { enabled: ['R_IP'], disabled: ['R_ARP'] })
  const merged = 'statistics:\n  <<: {enabled: [R_IP]}\n  enabled: [R_SYN]\n'
  t.strictSame(loadSettings({ ...nothing, file: file(merged) }).statistics.enabled, ['R_SYN'])
})
