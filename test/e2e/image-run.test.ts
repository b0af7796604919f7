// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  type Alertmanager,
  answers,
  ended,
  freePort,
  startAlertmanager,
} from '../support/alertmanager.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { LIMITS, mustPodman, startContainer } from '../support/podman.ts'
import { missingForImages, productImage } from '../support/podman-image.ts'
import { nodeNetwork } from '../support/podman-network.ts'
import { currentProfile } from '../support/podman-seccomp.ts'
import { writeCalm, writeSynFlood } from '../support/podman-traffic.ts'
import { packageRoot } from '../support/root.ts'
import { parseScrape, sample } from '../support/scrape.ts'

t.setTimeout(290_000)

const skip = missingForImages() ?? false
const image = skip ? '' : await productImage()
const deploy = join(packageRoot, 'deploy')

const CALM = { rate: 15, seed: 11 }
/** 200 windows of 10 s are calibration; what follows sets the thresholds in force. */
const LEARNED = 2400
const FLOOD = { packets: 60_000, perSecond: 2000 }
/** Seconds from the first SYN to the page: a scrape, an evaluation and Alertmanager's group_wait, and some. */
const SOON = 60

const scraped = async (address: string) =>
  parseScrape(await (await fetch(`http://${address}/metrics`)).text())
const since = (began: number) => (performance.now() - began) / 1000

/* the example's configuration and rules, with addresses of the test's own */
async function startPrometheus(t: Test, folder: string, target: string, manager: Alertmanager) {
  cpSync(join(packageRoot, 'grafana/rules/pktspot.rules.yaml'), join(folder, 'rules/pktspot.yaml'))
  const config = join(folder, 'prometheus.yml')
  const example = readFileSync(join(deploy, 'prometheus/prometheus.yml'), 'utf8')
  const addressed = example
    .replace('127.0.0.1:9093', manager.address)
    .replace('127.0.0.1:10777', target)
  writeFileSync(config, addressed)
  const address = `127.0.0.1:${await freePort()}`
  const flags = [`--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`]
  const child: ChildProcess = spawn(
    'prometheus',
    [`--config.file=${config}`, ...flags, '--log.level=warn'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  t.teardown(() => ended(child))
  await answers(`http://${address}/-/ready`)
  return async (query: string): Promise<number> => {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(query)}`
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { value: [number, string] }[] }
    }
    return Number(data.result[0]?.value[1] ?? 0)
  }
}

async function until(what: string, seconds: number, good: () => boolean | Promise<boolean>) {
  for (const end = Date.now() + seconds * 1000; !(await good()); await sleep(200)) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`)
  }
}

t.test(
  'as in the DaemonSet, it pages by Prometheus and Alertmanager when SYNs flood the node',
  { skip, timeout: 250_000 },
  async (t) => {
    const began = performance.now()
    const before = await bpfObjects()
    const node = await nodeNetwork(t)
    const folder = t.testdir({ state: {}, rules: {} })
    const at = (name: string) => join(folder, name)
    const now = Math.floor(Date.now() / 1000)
    writeCalm(at('learned.pcap'), { ...CALM, seconds: LEARNED, start: now - LEARNED })
    writeCalm(at('calm.pcap'), { ...CALM, seed: 12, seconds: 240, start: now })
    writeSynFlood(at('flood.pcap'), FLOOD.packets)
    writeFileSync(at('seccomp.json'), JSON.stringify(currentProfile()))
    const state = `--volume=${at('state')}:/var/lib/pktspot`

    const replay = ['replay', '--save-state', '/var/lib/pktspot', '-i', node.counted]
    const given = ['--user=0', '--network=none', '--cap-drop=ALL', ...LIMITS, state]
    const mounted = `--volume=${at('learned.pcap')}:/learned.pcap:ro`
    await mustPodman([
      'run',
      '--rm',
      '--pull=never',
      ...given,
      mounted,
      image,
      ...replay,
      '/learned.pcap',
    ])
    t.comment(`calibrated after ${since(began).toFixed(1)} s`)

    node.play(at('calm.pcap'))
    const address = `${node.address}:10777`
    const starting = performance.now()
    const container = await startContainer(t, {
      image,
      namespace: node.namespace,
      capabilities: ['BPF', 'NET_ADMIN', 'PERFMON', 'NET_RAW'],
      flags: [state, `--security-opt=seccomp=${at('seccomp.json')}`],
      args: ['run', '-i', node.counted, `--web.listen-address=${address}`],
    })
    await answers(`http://${address}/-/ready`)
    t.comment(`ready ${since(starting).toFixed(1)} s after podman run`)
    const first = await scraped(address)
    const source = { interface: node.counted, mode: 'tcx' }
    t.equal(sample(first, 'pktspot_source_info', source), 1, await container.log())
    t.ok(
      (sample(first, 'pktspot_state_restored_detectors') ?? 0) > 0,
      'it goes on from the capture',
    )

    const manager = await startAlertmanager(t, join(deploy, 'alertmanager/alertmanager.yml'))
    const ask = await startPrometheus(t, folder, address, manager)
    const scrapes = () => ask('count_over_time(up{job="pktspot"}[5m])')
    await until('two scrapes of calm traffic', 60, async () => (await scrapes()) >= 2)
    t.same(manager.notices, [], 'nobody is told of calm traffic')

    const flooded = Date.now()
    const flood = node.send(at('flood.pcap'), FLOOD.perSecond)
    const page = () => manager.notices.find(({ path }) => path === '/pager')
    await until('a page', SOON, () => page() !== undefined)
    const notice = page()
    const [alert] = notice?.alerts ?? []
    t.comment(`paged ${(((notice?.at ?? 0) - flooded) / 1000).toFixed(1)} s after the first SYN`)
    t.match(alert?.labels, {
      alertname: 'PktspotTrafficAnomaly',
      severity: 'critical',
      interface: node.counted,
      instance: address,
    })
    t.match(alert?.annotations['summary'], node.counted)
    const text = alert?.annotations['description'] ?? ''
    const named =
      /SYN_ONLY_RATE \((?:1|10) s\) reached (\S+), above its threshold of\s+([\d.]+);/.exec(text)
    t.ok(named, `statistic, value and threshold: ${text}`)
    t.match(alert?.annotations['runbook_url'], /pktspottrafficanomaly\.md$/)

    const status = readFileSync(`/proc/${container.pid}/status`, 'utf8')
    const resident = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024
    t.comment(`${resident.toFixed(0)} MiB resident`)
    t.match(status, /^NoNewPrivs:\s+1$/m)
    const sent = await flood
    const counted = { interface: node.counted }
    await until('every frame', 10, async () => {
      const packets = sample(await scraped(address), 'pktspot_receive_packets_total', counted) ?? 0
      return packets >= sent
    })
    t.equal(await container.stop(), 0, 'it ends cleanly')
    t.same(await leftovers(before), [], 'and leaves nothing in the kernel')
    t.comment(`${since(began).toFixed(1)} s in all`)
  },
)

t.test(
  'as a sidecar it counts its namespace exactly, with NET_RAW alone',
  { skip, timeout: 60_000 },
  async (t) => {
    const pod = await nodeNetwork(t)
    const address = `${pod.address}:10777`
    const container = await startContainer(t, {
      image,
      namespace: pod.namespace,
      capabilities: ['NET_RAW'],
      flags: ['--tmpfs=/var/lib/pktspot:size=64m'],
      args: [
        ...['run', '-i', pod.counted, '--source', 'packet-socket'],
        `--web.listen-address=${address}`,
      ],
    })
    await answers(`http://${address}/-/ready`)
    const counted = { interface: pod.counted }
    const source = { ...counted, mode: 'packet-socket' }
    t.equal(sample(await scraped(address), 'pktspot_source_info', source), 1)
    const sent = await pod.send(join(packageRoot, 'test/fixtures/demo.pcap'), 2000)
    t.ok(sent > 3000, `${sent} frames`)
    const of = async (name: string) => sample(await scraped(address), name, counted)
    await until('every frame', 10, async () => {
      return ((await of('pktspot_receive_packets_total')) ?? 0) >= sent
    })
    await sleep(1200)
    t.equal(await of('pktspot_receive_packets_total'), sent)
    t.equal(await of('pktspot_source_lost_packets_total'), 0)
    const effective = /^CapPrm:\s+(\w+)/m.exec(
      readFileSync(`/proc/${container.pid}/status`, 'utf8'),
    )
    const others = BigInt(`0x${effective?.[1]}`) & ~(1n << 13n)
    t.equal(others, 0n, 'no capability but NET_RAW')
    t.equal(await container.stop(), 0, await container.log())
  },
)
