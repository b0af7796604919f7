// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { parse } from 'yaml'
import { chart, helm, type Manifest, only, template } from '../support/helm.ts'
import { pod, podOf, set } from './pod.ts'

const skip = (await helm(['version'])) ? false : 'no Helm for this architecture'

function annotations({ spec }: Manifest): Record<string, string> {
  return (spec as { template: { metadata: { annotations: Record<string, string> } } }).template
    .metadata.annotations
}

t.test(
  'a change of settings or of the web configuration rolls the pods, one of labels does not',
  { skip },
  async (t) => {
    const of = async (...args: string[]) => annotations((await pod(...args)).manifest)
    const sum = 'checksum/settings'
    t.not((await of())[sum], (await of('--set', 'settings.period=2'))[sum])
    const web = 'checksum/web-config'
    const users = await of('--set', 'webConfig.config.basic_auth_users.a=b')
    t.not(users[web], (await of('--set', 'webConfig.config.basic_auth_users.a=c'))[web])
    t.equal(users[sum], (await of())[sum])
    t.notOk((await of(...set('existing')))[sum])
  },
)

t.test('settings and web configuration arrive as they were written', { skip }, async (t) => {
  const [inFile, inSecret] = await Promise.all([
    template(set('settings')),
    template(set('mutual-tls')),
  ])
  const { data } = only(inFile, 'ConfigMap') as unknown as { data: Record<string, string> }
  t.match(parse(data['pktspot.yaml'] ?? ''), {
    interfaces: ['default-route', 'eth*', '!veth*'],
    spot: { per_statistic: { R_SYN: { q: 1e-6 } } },
  })
  const { stringData } = only(inSecret, 'Secret') as unknown as {
    stringData: Record<string, string>
  }
  t.match(parse(stringData['web.yml'] ?? ''), {
    tls_server_config: { client_auth_type: 'RequireAndVerifyClientCert' },
  })
  const { volumes } = podOf(inSecret)
  t.match(volumes.slice(1, 3), [
    { secret: { secretName: 'pktspot-web', defaultMode: 0o400 } },
    { secret: { secretName: 'pktspot-tls', defaultMode: 0o400 } },
  ])
})

t.test('OTLP is told where to, and what node and pod it is', { skip }, async (t) => {
  const { own } = await pod(...set('pushed'))
  const env = new Map(own.env.map((each) => [each.name, each]))
  t.equal(env.get('OTEL_EXPORTER_OTLP_ENDPOINT')?.value, 'http://$(HOST_IP):4318')
  t.equal(env.get('OTEL_METRIC_EXPORT_INTERVAL')?.value, '15000')
  t.equal(
    env.get('OTEL_RESOURCE_ATTRIBUTES')?.value,
    'k8s.node.name=$(NODE_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.pod.name=$(POD_NAME),' +
      'k8s.pod.uid=$(POD_UID),k8s.daemonset.name=pktspot,k8s.cluster.name=eu%20west%2F1,' +
      'deployment.environment.name=production,rack=7',
  )
  const names = own.env.map(({ name }) => name)
  for (const used of ['HOST_IP', 'NODE_NAME', 'POD_NAME', 'POD_NAMESPACE', 'POD_UID']) {
    t.ok(names.indexOf(used) < names.indexOf('OTEL_RESOURCE_ATTRIBUTES'), `${used} comes before`)
  }
})

t.test('images come from the mirror, by digest', { skip }, async (t) => {
  const { containers, ...spec } = await pod(...set('mirrored'))
  t.match(containers, [
    {
      image: /^mirror\.example\.org:5000\/network\/pktspot@sha256:0123/,
      imagePullPolicy: 'Always',
    },
    { image: /^mirror\.example\.org:5000\/brancz\/kube-rbac-proxy:v/ },
  ])
  t.same(spec['imagePullSecrets'], [{ name: 'mirror' }, { name: 'own' }])
})

t.test('monitors find the pods, and call them by their node', { skip }, async (t) => {
  const scraped = only(await template(set('settings')), 'ServiceMonitor')
  t.match(scraped, {
    spec: {
      jobLabel: 'app.kubernetes.io/part-of',
      endpoints: [
        {
          port: 'metrics',
          path: '/telemetry',
          scheme: 'http',
          relabelings: [{ targetLabel: 'instance' }],
        },
      ],
    },
  })
  const proxied = only(await template(set('proxy')), 'ServiceMonitor')
  t.match(proxied, {
    spec: {
      endpoints: [
        { scheme: 'https', tlsConfig: { insecureSkipVerify: true }, bearerTokenFile: /token$/ },
      ],
    },
  })
  const service = only(await template(set('settings')), 'Service')
  t.equal(service.metadata.labels['app.kubernetes.io/part-of'], 'pktspot')
  t.match(service, { spec: { clusterIP: 'None' } })
})

t.test(
  'alerts can be left out and labelled; their templates stay as they are',
  { skip },
  async (t) => {
    const { spec } = only(await template(set('monitored')), 'PrometheusRule') as unknown as {
      spec: {
        groups: {
          rules: {
            alert?: string
            labels?: Record<string, string>
            annotations?: Record<string, string>
          }[]
        }[]
      }
    }
    const alerts = spec.groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert)
    t.ok(alerts.length > 5)
    t.notOk(alerts.some(({ alert }) => alert === 'PktspotAnomaliesSeen'))
    t.ok(alerts.every(({ labels }) => labels?.['team'] === 'network' && labels?.['severity']))
    t.ok(alerts.some(({ annotations }) => annotations?.['summary']?.includes('{{ $labels.')))
  },
)

t.test('what a user adds is added', { skip }, async (t) => {
  const manifests = await template(set('extra'))
  const { own, volumes } = podOf(manifests)
  t.same(own.args.slice(-2), ['--log-level', 'debug'])
  t.match(own.env.at(-1), { name: 'NODE_OPTIONS' })
  t.match(own.volumeMounts.at(-1), { name: 'plugins' })
  t.match(volumes.at(-1), { name: 'plugins' })
  t.match(only(manifests, 'ConfigMap', 'pktspot-note'), { data: { note: /^\d+\.\d+\.\d+$/ } })
})

t.test('the notes say what is needed and what is open', { skip }, async (t) => {
  const notes = async (...args: string[]) =>
    (await helm(['install', 'pktspot', chart, '-n', 'net', '--dry-run=client', ...args]))?.stdout
  const plain = await notes()
  for (const told of [
    /pod-security\.kubernetes\.io\/enforce=privileged/,
    /GKE Autopilot/,
    /podman build -f deploy\/Dockerfile/,
    /TO EVERYONE/,
    /learn anew/,
    /CRI-O/,
  ]) {
    t.match(plain, told)
  }
  t.match(await notes(...set('settings')), /STAYS THERE AFTER AN UNINSTALL/)
  t.notMatch(await notes(...set('passwords')), /TO EVERYONE/)
  t.match(await notes(...set('client-certificates')), /probes only open a connection/)
})
