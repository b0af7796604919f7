// SPDX-License-Identifier: Apache-2.0
/* Counts in every mode on the kernel that this runs on, and prints a line `GUEST {json}` for each. */
import { writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { type Scrape, sample } from '../support/scrape.ts'
import { fixtureSums, scrapedSums, settled } from '../support/sums.ts'

const SOURCES = ['auto', 'tcx', 'xdp', 'xdp-generic', 'packet-socket']
const TIMES = 20
const PER_SECOND = 1000
const PATIENCE = 120_000
const SETTINGS = '/tmp/pktspot.yaml'
const COUNTER = 'counters: [{ name: ALL, help: Every frame, layer: PKT, filter: "len > 0" }]\n'

interface Told {
  readonly kernel: string
  readonly source: string
  readonly mode: string
  /** `yes`, `no`, or `-` where nothing was counted. */
  readonly exact: string
  readonly why: string
}

function tell(told: Omit<Told, 'kernel'>): void {
  console.log(`\nGUEST ${JSON.stringify({ kernel: release(), ...told })}`)
}

async function count(t: Test, source: string): Promise<Omit<Told, 'kernel'>> {
  const link = await network(t)
  const args = ['-i', link.here, '--source', source, '-c', SETTINGS]
  let running: Running
  try {
    running = await startRun(t, args, { timeout: PATIENCE })
  } catch (error) {
    const why = /pktspot: (.*)/.exec(String(error))?.[1] ?? String(error)
    return { source, mode: '-', exact: '-', why: why.replaceAll(link.here, 'veth') }
  }
  const expected = fixtureSums(TIMES)
  const before = await running.scrape()
  await link.send(FIXTURE, { loop: TIMES, perSecond: PER_SECOND })
  const read = async () => scrapedSums(await running.scrape(), link.here)
  const sums = await settled(read, expected['PKTS'] ?? 0)
  const scrape = await running.scrape()
  await running.stop()
  const wrong = [
    ...Object.keys(expected).filter((name) => sums[name] !== expected[name]),
    ...(groupsAgree(scrape) ? [] : ['groups']),
    ...(sample(scrape, 'pktspot_receive_all_packets_total') === expected['PKTS'] ? [] : ['ALL']),
  ]
  const mode = modeOf(before)
  const line = running.log.find((line) => line.includes('counting packets on')) ?? ''
  const why = /\((.*)\)/.exec((JSON.parse(line || '{}') as { msg?: string }).msg ?? '')?.[1] ?? ''
  const exact = wrong.length === 0 ? 'yes' : 'no'
  return { source, mode, exact, why: exact === 'yes' ? why : `${wrong.join(' ')} ${why}` }
}

function modeOf(scrape: Scrape): string {
  const series = [...scrape.keys()].find((name) => name.startsWith('pktspot_source_info'))
  return /mode="([^"]+)"/.exec(series ?? '')?.[1] ?? '-'
}

/* every packet is in one series of a group */
function groupsAgree(scrape: Scrape): boolean {
  const wholes = [...scrape].filter(([name]) => /_all_total\{/.test(name))
  const agree = wholes.map(([name, whole]) => {
    const [head = ''] = name.replace('_all_total', '_total').split('{')
    const parts = [...scrape].filter(([series]) => series.startsWith(`${head}{`))
    return parts.reduce((sum, [, value]) => sum + value, 0) === whole && whole > 0
  })
  return agree.length > 0 && agree.every(Boolean)
}

await writeFile(SETTINGS, COUNTER)
const preflight = await command(process.execPath, [program, 'preflight', '-i', 'lo'])
console.log(preflight.stdout, preflight.stderr)
for (const source of SOURCES) {
  await t.test(source, { timeout: 10 * PATIENCE }, async (t) => tell(await count(t, source)))
}
