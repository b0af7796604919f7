// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? false

t.test('the running program answers at its pages', { skip }, async (t) => {
  const { here } = await network(t)
  const running = await startRun(t, ['-i', here])
  const page = await running.get('/')
  const text = await page.text()
  t.equal(page.status, 200)
  t.match(page.headers.get('content-type'), /^text\/html/)
  t.match(text, 'href="metrics"')
  for (const path of ['/-/healthy', '/-/ready']) {
    t.equal((await running.get(path)).status, 200, path)
  }
  t.equal((await running.get('/nothing')).status, 404)
})

t.test('promtool has nothing to say about a scrape under traffic', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  /* more than a window, so that its values are there too */
  await link.send(FIXTURE, { loop: 4, perSecond: 1000 })
  const input = Buffer.from(await (await running.get('/metrics')).arrayBuffer())
  t.match(String(input), /^pktspot_statistic_value\{.*statistic="TRAFFIC".*\} [1-9]/m)
  const { code, stdout, stderr } = await command('promtool', ['check', 'metrics'], { input })
  t.same({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
})

t.test('a total rises while traffic flows and rests when it has ended', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  const total = async (): Promise<number> => {
    const scrape = await running.scrape()
    return sample(scrape, 'pktspot_receive_packets_total', { interface: link.here }) ?? Number.NaN
  }
  const sending = link.send(FIXTURE, { loop: 4, perSecond: 1000 })
  await sleep(500)
  const first = await total()
  await sleep(1000)
  const second = await total()
  t.ok(second > first, `${first}, then ${second}`)
  const { packets } = await sending
  await sleep(100)
  t.equal(await total(), packets)
  await sleep(1000)
  t.equal(await total(), packets)
})

t.test('a real Prometheus scrapes and stores the series', { skip }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  const { ask: prometheus, get } = await startPrometheus(t, running.address)
  /* its discovery hands targets over only every five seconds */
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(100)) {
    if ((await prometheus('up')) === 1) break
  }
  const only = `{interface="${link.here}"}`
  t.equal(await prometheus(`pktspot_receive_packets_total${only}`), 0)
  await link.send(FIXTURE, { loop: 8, perSecond: 1000 })
  t.equal(await prometheus('min_over_time(up{job="pktspot"}[10s])'), 1)
  for (const counter of ['packets', 'syn_packets', 'ip_bytes']) {
    const increase = `increase(pktspot_receive_${counter}_total${only}[4s])`
    t.ok(Number(await prometheus(increase)) > 0, increase)
  }
  t.equal(await prometheus(`sum(pktspot_source_info${only})`), 1)
  t.ok(Number(await prometheus(`count(pktspot_statistic_value${only})`)) > 5)
  /* what only OpenMetrics tells: it is what Prometheus asks for first */
  for (const [metric, told] of [
    ['pktspot_source', { type: 'info' }],
    ['pktspot_receive_packet_size_bytes', { type: 'histogram', unit: 'bytes' }],
    ['process_cpu_seconds', { type: 'counter', unit: 'seconds' }],
  ] as const) {
    const { data } = await get(`/api/v1/targets/metadata?metric=${metric}`)
    t.match(data, [told], metric)
  }
})

/** Asks a query; gives the one value that answers it. */
type Ask = (query: string) => Promise<number | undefined>

/** Asks Prometheus' API. */
type Get = (path: string) => Promise<{ data: unknown }>

/** Starts a Prometheus that scrapes one address every second, once it is ready. */
async function startPrometheus(t: Test, target: string): Promise<{ ask: Ask; get: Get }> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  const job = { job_name: 'pktspot', static_configs: [{ targets: [target] }] }
  /* JSON is YAML */
  const settings = { global: { scrape_interval: '1s' }, scrape_configs: [job] }
  await writeFile(config, JSON.stringify(settings))
  const listen = `127.0.0.1:${await freePort()}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${listen}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  t.teardown(async () => {
    await ended(child)
    await rm(folder, { recursive: true })
  })
  const isReady = (): Promise<boolean> =>
    fetch(`http://${listen}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  for (const end = Date.now() + 10_000; !(await isReady()); await sleep(100)) {
    if (Date.now() > end || child.exitCode !== null) throw new Error('Prometheus is not ready')
  }
  const get: Get = async (path) =>
    (await (await fetch(`http://${listen}${path}`)).json()) as { data: unknown }
  const ask: Ask = async (query) => {
    const { data } = (await get(`/api/v1/query?query=${encodeURIComponent(query)}`)) as {
      data: { result: { value: [number, string] }[] }
    }
    const [only, ...more] = data.result
    if (more.length > 0) throw new Error(`${query}: ${more.length + 1} series`)
    return only && Number(only.value[1])
  }
  return { ask, get }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** A port of the loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
