// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { helm, only, template } from '../support/helm.ts'
import { pod, podOf, set } from './pod.ts'

const skip = (await helm(['version'])) ? false : 'no Helm for this architecture'

t.test('pods have the least that counting needs', { skip }, async (t) => {
  const { own, volumes, ...spec } = await pod()
  t.match(spec, {
    hostNetwork: true,
    dnsPolicy: 'ClusterFirstWithHostNet',
    automountServiceAccountToken: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    tolerations: [{ operator: 'Exists' }],
  })
  t.notOk(spec['hostPID'] ?? spec['hostIPC'])
  t.same(own.securityContext, {
    runAsUser: 0,
    runAsGroup: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], add: ['BPF', 'NET_ADMIN', 'PERFMON', 'NET_RAW'] },
  })
  t.notOk(
    volumes.some((volume) => 'hostPath' in volume),
    'nothing of the host is mounted, so nothing stays on it',
  )
  t.match(own.image, /^pktspot:\d+\.\d+\.\d+$/)
})

t.test(
  'NET_RAW can be taken away, and SYS_ADMIN stands in for what old runtimes lack',
  { skip },
  async (t) => {
    const add = async (...args: string[]) =>
      ((await pod(...args)).own.securityContext['capabilities'] as { add: string[] }).add
    t.same(await add('--set', 'capabilities.netRaw=false'), ['BPF', 'NET_ADMIN', 'PERFMON'])
    t.same(await add(...set('old-runtime')), ['SYS_ADMIN', 'NET_ADMIN'])
  },
)

t.test('the state goes with the pod unless it is to stay', { skip }, async (t) => {
  const state = async (...args: string[]) =>
    (await pod(...args)).volumes.find(({ name }) => name === 'state')
  t.same(await state(), { name: 'state', emptyDir: { sizeLimit: '256Mi' } })
  t.same(await state(...set('settings')), {
    name: 'state',
    hostPath: { path: '/var/lib/pktspot-blue', type: 'DirectoryOrCreate' },
  })
  t.equal(await state('--set', 'state.type=none'), undefined)
  const { own } = await pod('--set', 'state.type=none')
  t.match(own.env, [{ name: 'HOST_IP' }, { name: 'PKTSPOT_STATE_DIRECTORY', value: 'null' }])
})

t.test('probes ask where the server listens, in the way that it answers', { skip }, async (t) => {
  const probes = async (...args: string[]) => {
    const { own } = await pod(...args)
    return [own.livenessProbe, own.readinessProbe] as const
  }
  const httpGet = { port: 10777, scheme: 'HTTP' }
  const [live, ready] = await probes()
  t.same(live['httpGet'], { ...httpGet, path: '/-/healthy' })
  t.same(ready['httpGet'], { ...httpGet, path: '/-/ready' })

  const [local] = await probes(...set('pushed'))
  t.match(local, { httpGet: { host: '127.0.0.1', port: 20777 } })
  const [behindProxy] = await probes(...set('proxy'))
  t.match(behindProxy, { httpGet: { host: '127.0.0.1', port: 10777 } })

  const [withPassword] = await probes(...set('passwords'))
  t.match(withPassword, { httpGet: { scheme: 'HTTPS', httpHeaders: [{ name: 'Authorization' }] } })
  for (const name of ['client-certificates', 'mutual-tls']) {
    const [opened] = await probes(...set(name))
    t.same(opened['tcpSocket'], { port: 10777 }, name)
    t.notOk(opened['httpGet'], 'the kubelet would be refused')
  }
})

t.test('listens on the address of the node, and nowhere else unless told', { skip }, async (t) => {
  const listens = async (...args: string[]) =>
    (await pod(...args)).own.args.find((each) => each.startsWith('--web.listen-address'))
  t.equal(await listens(), '--web.listen-address=$(HOST_IP):10777')
  t.equal(await listens('--set', 'listen.ipv6=true'), '--web.listen-address=[$(HOST_IP)]:10777')
  t.equal(await listens('--set', 'listen.at=all'), '--web.listen-address=:10777')
  t.equal(await listens(...set('pushed')), '--web.listen-address=127.0.0.1:20777')
})

t.test(
  'the proxy serves on the node address, with a token and rights to ask who it is',
  { skip },
  async (t) => {
    const manifests = await template(set('proxy-podmonitor'))
    const { containers, own, ...spec } = podOf(manifests)
    const [, proxy] = containers
    t.match(own.args, ['run', '-c', /./, '--web.listen-address=127.0.0.1:10777'])
    t.notOk(own.ports, "the port is the proxy's")
    t.match(proxy?.args, [
      '--secure-listen-address=[$(HOST_IP)]:10777',
      '--upstream=http://127.0.0.1:10777/',
    ])
    t.match(proxy?.ports, [{ name: 'metrics', containerPort: 10777 }])
    t.equal(spec['automountServiceAccountToken'], true)
    t.match(only(manifests, 'ClusterRoleBinding'), { roleRef: { name: 'system:auth-delegator' } })
  },
)
