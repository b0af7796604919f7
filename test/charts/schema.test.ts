// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { chart, helm } from '../support/helm.ts'

const skip = (await helm(['version'])) ? false : 'no Helm for this architecture'

interface Schema {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
}

const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema

function resolved(part: Schema): Schema {
  const name = part.$ref?.split('/').at(-1)
  return (name && schema.definitions?.[name]) || part
}

t.test('the schema knows the values, all of them and no others', async (t) => {
  const walk = (part: Schema, value: unknown, path: string): void => {
    const { properties } = resolved(part)
    if (!properties || typeof value !== 'object' || value === null) return
    const names = Object.keys(value)
    const optional = Object.keys(value).length === 0 || /rofile$|resources$|Strategy/.test(path)
    for (const name of names) t.ok(properties[name], `${path}.${name} is in the schema`)
    for (const [name, inner] of Object.entries(properties)) {
      const has = Object.hasOwn(value, name)
      if (!optional) t.ok(has, `${path}.${name} is in values.yaml`)
      walk(inner, (value as Record<string, unknown>)[name], `${path}.${name}`)
    }
    if (path !== '.global') t.equal(resolved(part).additionalProperties, false, `${path} is closed`)
  }
  walk(schema, parse(readFileSync(join(chart, 'values.yaml'), 'utf8')), '')
})

/* arguments, and what the message has to name */
const WRONG: readonly (readonly [args: string, named: RegExp])[] = [
  ['listen.prot=10777', /listen'?:? .*prot/],
  ['listen.port=0', /listen[./]port/],
  ['listen.port=http', /listen[./]port/],
  ['listen.at=eth0', /listen[./]at.*(hostIP|one of)/s],
  ['image.tagg=1', /image'?:? .*tagg/],
  ['image.digest=sha256:abc', /image[./]digest/],
  ['image.pullPolicy=Sometimes', /image[./]pullPolicy/],
  ['image.repository=Pkt Spot', /image[./]repository/],
  ['state.type=disk', /state[./]type/],
  ['state.hostPath=var/lib', /state[./]hostPath/],
  ['capabilities.netRaw=maybe', /capabilities[./]netRaw/],
  ['seccompProfile.type=Default', /seccompProfile[./]type/],
  ['otlp.protocol=thrift', /otlp[./]protocol/],
  ['otlp.endpoint=collector:4317', /otlp[./]endpoint/],
  ['otlp.interval=15s', /otlp[./]interval/],
  ['resources.limits.memory=128MB', /resources[./]limits[./]memory/],
  ['resources.limit.memory=128Mi', /resources'?:? .*limit/],
  ['tolerations[0].operator=Always', /tolerations[./]0[./]operator/],
  ['updateStrategy.type=Recreate', /updateStrategy[./]type/],
  ['updateStrategy.rollingUpdate.maxUnavailable=ten', /maxUnavailable/],
  ['serviceMonitor.interval=15 s', /serviceMonitor[./]interval/],
  ['serviceMonitor.enable=true', /serviceMonitor'?:? .*enable/],
  ['prometheusRule.disabled=PktspotAbsent', /prometheusRule[./]disabled/],
  ['webConfig.config.basic_auth.me=x', /webConfig[./]config'?:? .*basic_auth/],
  ['env[0].value=x', /env[./]0'?:? .*name/],
  ['probes.liveness.httpGet.path=/', /probes[./]liveness'?:? .*httpGet/],
  ['pins.enabled=true', /pins/],
  /* what a schema cannot say */
  ['settings.web.listen_address={:1}', /settings\.web\.listen_address: .* listen/],
  ['settings.otlp.enabled=true', /settings\.otlp\.enabled: .* otlp\.enabled/],
  ['settings.state.directory=/x', /settings\.state\.directory: .* state\.type/],
  ['existingConfigMap.name=a,settings.period=1', /settings and existingConfigMap\.name/],
  ['webConfig.tlsSecret=a', /webConfig\.tlsSecret: .* neither is set/],
  ['webConfig.asks=true', /existingSecret has, which is not set/],
  [
    'webConfig.existingSecret=a,webConfig.config.rate_limit.burst=1',
    /webConfig\.config and webConfig\.existingSecret/,
  ],
  ['kubeRbacProxy.enabled=true,webConfig.existingSecret=a', /leave webConfig out/],
  ['kubeRbacProxy.enabled=true,listen.at=all', /leave listen\.at at hostIP/],
  ['listen.at=loopback,serviceMonitor.enabled=true', /cannot reach loopback/],
  ['serviceMonitor.enabled=true,podMonitor.enabled=true', /scraped twice/],
  ['kubeRbacProxy.enabled=true,podMonitor.enabled=true', /podMonitor\.authorization/],
]

for (const major of [4, 3] as const) {
  t.test(`Helm ${major} refuses wrong values by name`, { skip }, async (t) => {
    for (const [values, named] of WRONG) {
      const run = await helm(['template', 'pktspot', chart, '--set', values], major)
      t.not(run?.code, 0, `${values} is refused`)
      t.match(run?.stderr, named, values)
    }
  })
}
