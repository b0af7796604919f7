// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { command } from '../support/command.ts'
import { manifestsIn, only } from '../support/helm.ts'
import { packageRoot, program } from '../support/root.ts'

const deploy = join(packageRoot, 'deploy')
const read = (path: string): string => readFileSync(join(deploy, path), 'utf8')

t.test('Prometheus takes its example, rules and all', async (t) => {
  const folder = t.testdir()
  cpSync(join(deploy, 'prometheus'), folder, { recursive: true })
  cpSync(join(packageRoot, 'grafana/rules/pktspot.rules.yaml'), join(folder, 'rules/pktspot.yaml'))
  const { code, stdout, stderr } = await command('promtool', [
    'check',
    'config',
    join(folder, 'prometheus.yml'),
  ])
  t.equal(code, 0, stderr)
  t.match(stdout, '1 rule files found')
})

t.test(
  'Alertmanager takes its example, and wakes somebody for critical alerts alone',
  async (t) => {
    const file = join(deploy, 'alertmanager/alertmanager.yml')
    const checked = await command('amtool', ['check-config', file])
    t.equal(checked.code, 0, checked.stderr)
    for (const [severity, receiver] of Object.entries({
      critical: 'pager',
      warning: 'chat',
      info: 'nobody',
    })) {
      const labels = [`severity=${severity}`, 'alertname=Any', 'instance=a', 'interface=eth0']
      const routed = await command('amtool', [
        'config',
        'routes',
        'test',
        `--config.file=${file}`,
        `--verify.receivers=${receiver}`,
        ...labels,
      ])
      t.equal(routed.code, 0, `${severity}: ${routed.stdout}${routed.stderr}`)
    }
  },
)

t.test('every severity of the rules has its way', async (t) => {
  const rules = readFileSync(join(packageRoot, 'grafana/rules/pktspot.rules.yaml'), 'utf8')
  const severities = new Set([...rules.matchAll(/severity: (\w+)/g)].map(([, word]) => word))
  t.same(
    [...severities].filter((word) => !['critical', 'warning', 'info'].includes(word ?? '')),
    [],
  )
})

function unitDirectives(name: string): Map<string, string[]> {
  const lines = [...read(`systemd/${name}`).matchAll(/^(\w+)=(.*)$/gm)]
  const found = new Map<string, string[]>()
  for (const [, key = '', value = ''] of lines) found.set(key, [...(found.get(key) ?? []), value])
  return found
}

t.test('systemd takes the units', async (t) => {
  const folder = t.testdir({ bin: {} })
  symlinkSync('/bin/true', join(folder, 'bin/pktspot'))
  for (const name of ['pktspot.service', 'pktspot.socket']) {
    /* systemd looks in its own folders only, and pktspot is in none of them here */
    const unit = read(`systemd/${name}`).replace('=pktspot run', `=${folder}/bin/pktspot run`)
    writeFileSync(join(folder, name), unit)
  }
  const units = ['pktspot.service', 'pktspot.socket'].map((name) => join(folder, name))
  const verified = await command('systemd-analyze', ['verify', '--man=no', ...units])
  t.same([verified.code, verified.stderr], [0, ''])

  writeFileSync(
    join(folder, 'pktspot.service'),
    `${read('systemd/pktspot.service')}\n[Service]\nNoSuch=1\n`,
  )
  const wrong = await command('systemd-analyze', ['verify', '--man=no', ...units])
  t.match(wrong.stderr, /NoSuch/)

  const offline = [
    'security',
    '--offline=yes',
    '--threshold=22',
    join(deploy, 'systemd/pktspot.service'),
  ]
  const exposed = await command('systemd-analyze', offline)
  t.comment(exposed.stdout.trimEnd().split('\n').at(-1))
  t.equal(exposed.code, 0, 'its exposure is at most 2.2')
})

t.test(
  'the service has the capabilities of the chart, and the calls that go with them',
  async (t) => {
    const directives = unitDirectives('pktspot.service')
    const wanted = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_PERFMON']
    for (const key of ['AmbientCapabilities', 'CapabilityBoundingSet']) {
      t.same(
        directives
          .get(key)
          ?.flatMap((value) => value.split(' '))
          .sort(),
        wanted,
        key,
      )
    }
    t.same(directives.get('SystemCallFilter')?.at(-1), 'bpf capset', 'after what takes them away')
    t.match(directives.get('RestrictAddressFamilies')?.[0], /AF_NETLINK AF_PACKET/)
  },
)

t.test('compose mounts what is there, with the rights of the chart', async (t) => {
  const { services } = parse(read('compose/compose.yaml')) as {
    services: Record<string, Record<string, unknown>>
  }
  t.same(Object.keys(services), ['pktspot', 'prometheus', 'alertmanager', 'grafana'])
  const manifests = manifestsIn(read('kubernetes/pktspot.yaml'))
  const { template } = only(manifests, 'DaemonSet')['spec'] as {
    template: { spec: { containers: { securityContext: { capabilities: { add: string[] } } }[] } }
  }
  const [container] = template.spec.containers
  t.match(services['pktspot'], {
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: container?.securityContext.capabilities.add,
    security_opt: ['no-new-privileges:true'],
  })
  const mounts = Object.values(services).flatMap(({ volumes }) => volumes as string[])
  const paths = mounts
    .map((each) => each.split(':')[0] ?? '')
    .filter((path) => path.startsWith('.'))
  t.ok(paths.length >= 5)
  for (const path of paths) t.ok(existsSync(join(deploy, 'compose', path)), path)
  for (const [name, service] of Object.entries(services)) {
    t.equal(service['network_mode'], 'host', `${name} shares the loopback that all listen on`)
  }
})

t.test('the sidecar has NET_RAW alone, and flags that pktspot knows', async (t) => {
  const manifests = manifestsIn(read('kubernetes/sidecar.yaml'))
  const { template } = only(manifests, 'Deployment')['spec'] as {
    template: {
      spec: {
        hostNetwork?: boolean
        containers: { args: string[]; ports: { name: string }[]; securityContext: unknown }[]
      }
    }
  }
  const [, sidecar] = template.spec.containers
  if (!sidecar) throw new Error('no sidecar')
  t.notOk(template.spec.hostNetwork)
  t.match(sidecar.securityContext, {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
  })
  const monitor = only(manifests, 'PodMonitor')['spec'] as {
    podMetricsEndpoints: { port: string }[]
  }
  t.equal(monitor.podMetricsEndpoints[0]?.port, sidecar.ports[0]?.name)

  const [, ...flags] = sidecar.args.map((each) => each.replace('$(POD_IP)', '10.0.0.7'))
  const { code, stdout, stderr } = await command(process.execPath, [
    program,
    'config',
    '--json',
    ...flags,
  ])
  t.equal(code, 0, stderr)
  t.match(stdout, '10.0.0.7:10777')
})
