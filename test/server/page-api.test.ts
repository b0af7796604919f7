// SPDX-License-Identifier: Apache-2.0
import Ajv from 'ajv'
import t, { type Test } from 'tap'
import { createHistory } from '../../src/exporters/history.ts'
import type { Latest } from '../../src/exporters/latest.ts'
import { builtinGroups, frameGroups, watchedOf } from '../exporters/counted-groups.ts'
import { observed, report } from '../exporters/fixture.ts'
import * as p from '../support/packets.ts'
import { latestOf } from './serving.ts'
import { started } from './started.ts'

interface OpenApi {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
}

type Ask = (path: string) => Promise<{ status: number; body: unknown }>

async function served(t: Test, latest: Latest): Promise<Ask> {
  const history = createHistory(latest)
  for (const { name } of latest.sources) {
    latest.publish(report(name))
    history.publish(report(name))
  }
  const { address } = await started(t, { latest, history })
  return async (path) => {
    const answer = await fetch(`http://${address}${path}`)
    return { status: answer.status, body: await answer.json() }
  }
}

async function counting(t: Test): Promise<Latest> {
  const counted = frameGroups(t, await builtinGroups(['dst_port', 'protocols']))
  const segment = p.tcp(4000, 443, p.FLAG.ack)
  const frame = p.ethernet(p.TYPE.ipv4, p.ipv4(6, segment, { source: '10.0.0.1' }))
  counted.pass(90, () => counted.count(frame))
  const down = observed('eth1', {
    mode: undefined,
    up: false,
    look: () => {
      throw new Error('gone')
    },
  })
  const groups = await watchedOf([counted.groups])
  return latestOf({ sources: [observed('eth0'), down], periods: [1, 10], groups })
}

const R_SYN = {
  name: 'R_SYN',
  value: [0.9],
  upper: [0.875],
  lower: [null],
  marks: [{ time: '2023-11-14T22:13:20.000Z', verdict: 'anomaly', tail: 'upper' }],
}

t.test('tells the last windows, and those since the last that is known', async (t) => {
  const ask = await served(t, latestOf({ periods: [1, 10] }))
  const whole = { interface: 'eth0', window: 1, capacity: 300, times: ['2023-11-14T22:13:20.000Z'] }
  t.match(await ask('/api/v1/history'), {
    status: 200,
    body: { history: [{ ...whole, statistics: [R_SYN, { value: [null] }, { name: 'PERF' }] }] },
  })
  const at = '/api/v1/history?interface=eth0&window=1&since='
  t.match(await ask(`${at}2023-11-14T22:13:20.000Z`), { body: { history: [{ times: [] }] } })
  t.match(await ask(`${at}2023-11-14T22:13:19Z`), { body: { history: [whole] } })
  t.same(await ask('/api/v1/history?window=10'), { status: 200, body: { history: [] } })
})

t.test('refuses times, lengths and parameters that it does not know', async (t) => {
  const ask = await served(t, latestOf())
  for (const [query, error] of [
    ['since=yesterday', 'since: "yesterday" is no time like 2026-11-21T22:15:20.000Z'],
    ['since=2023-02-40T00:00:00Z', /is no time like/],
    ['window=7', 'window: no window is 7 seconds long; there are 1'],
    ['interface=eth7', /did you mean eth0/],
    ['from=1', /^no parameter is named "from"/],
  ] as const) {
    t.match(await ask(`/api/v1/history?${query}`), { status: 400, body: { error } }, query)
  }
})

t.test('without a history there are no windows', async (t) => {
  const { address } = await started(t)
  const answer = await fetch(`http://${address}/api/v1/history`)
  t.same(await answer.json(), { history: [] })
})

t.test('tells what it is and since when', async (t) => {
  const ask = await served(t, latestOf({ periods: [1, 10] }))
  const { body } = await ask('/api/v1/status')
  t.match(body, { version: '1.2.3', period: 1, windows: [1, 10], telemetry_path: '/metrics' })
  const { started: began, time } = body as { started: string; time: string }
  t.ok(Date.parse(began) <= Date.parse(time))
})

t.test('every answer is as the description says, and every path described', async (t) => {
  const ask = await served(t, await counting(t))
  const document = (await ask('/api/v1/openapi.json')).body as OpenApi
  t.match(document, { openapi: '3.1.0', info: { version: '1.2.3' } })
  const ajv = new Ajv({ allErrors: true }).addSchema(document, 'api')
  const check = (path: string, status: number, body: unknown): void => {
    const [template, code] = [path.replaceAll('/', '~1'), String(status)]
    const place = `${template}/get/responses/${code}/content/application~1json/schema`
    const valid = ajv.validate({ $ref: `api#/paths/${encodeURI(place)}` }, body)
    t.same(valid ? [] : ajv.errors?.slice(0, 3), [], `${path} ${status}`)
  }
  const names: Readonly<Record<string, readonly string[]>> = {
    '/groups/{name}': ['dst_port'],
    '/statistics/{name}': [
      'R_SYN?value=1&probability=0.001',
      'AVG_PKT_SIZE',
      'PERF?quantile=2&window=10',
    ],
    '/groups': ['?bucket=running', '?order=bottom&limit=2', '?interface=eth0'],
    '/history': ['?since=2020-01-01T00:00:00.000Z', '?window=1&interface=eth1'],
  }
  for (const [path, { get }] of Object.entries(document.paths)) {
    const isNamed = path.endsWith('{name}')
    const asked = names[path]?.map((each) => path.replace('{name}', '') + each) ?? []
    for (const each of isNamed ? asked : [path, ...asked]) {
      const { status, body } = await ask(`/api/v1${each}`)
      t.equal(status, 200, each)
      check(path, status, body)
    }
    const wrong = await ask(`/api/v1${path.replace('{name}', asked[0] ?? '')}?nonsense=1`)
    if (!isNamed) t.equal(wrong.status, 400)
    if (isNamed) {
      const missing = await ask(`/api/v1${path.replace('{name}', 'nonsense')}`)
      t.equal(missing.status, 404, path)
      check(path, 404, missing.body)
    }
    /* a parameter that is described is known */
    for (const { name, in: where } of get.parameters ?? []) {
      if (where !== 'query') continue
      const target = asked[0]?.replace(/\?.*/, '') ?? path
      const { status, body } = await ask(`/api/v1${target}?${name}=%20`)
      t.equal(status, 400)
      t.notMatch(body, { error: /no parameter is named/ }, `${target} knows ${name}`)
    }
  }
  t.equal(ajv.validate({ $ref: 'api#/components/schemas/Status' }, { host: 1 }), false)
})
