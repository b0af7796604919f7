// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { settingsOf } from '../../src/commands/settings.ts'
import { chosenStatistics } from '../../src/commands/statistics.ts'
import { type Window, windowBetween } from '../../src/counters/window.ts'
import { createMonitors } from '../../src/monitor/by-length.ts'
import { openNodeMemory } from '../../src/monitor/state/node-memory.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { windowPeriods } from '../../src/settings/capture.ts'
import { ownEnvironment } from '../support/environment.ts'
import { lines, pktspot } from '../support/replay.ts'
import { packageRoot } from '../support/root.ts'

const DEMO = join(packageRoot, 'test/fixtures/demo.pcap')
const CONFIG = `windows: [1, 2]
spot: { n_init: 50 }
user_statistics: [{ name: R_RST, expr: RST / TCP }]
`

interface Data {
  readonly kind: string
  readonly window: number
  readonly statistics: Readonly<Record<string, { upper: number | null; lower: number | null }>>
}

function empty(seconds: number): Window {
  const catalog = loadCatalog()
  const slots = Math.max(...[...catalog].map(({ index, bounds }) => index + bounds.length + 1))
  const none = {
    slots: new BigUint64Array(slots),
    distinct: new Float64Array(slots),
    clocks: new BigUint64Array(slots),
    lost: 0n,
  }
  return windowBetween(catalog, none, none, { start: new Date(0), seconds })
}

/* Starts as run does; gives the thresholds that the first window is judged against, by length and statistic. */
async function restarted(directory: string, config: string, name = 'net0') {
  const { settings } = await settingsOf({ config, flags: {} }, { env: {} })
  const warnings: string[] = []
  const memory = await openNodeMemory({
    ...{ directory, interval: 60, interfaces: [name], spot: settings.spot },
    ...{ info: () => undefined, warn: (line) => warnings.push(line) },
  })
  const periods = windowPeriods(settings)
  const observe = createMonitors({
    /* a capture file teaches nothing of transmitted frames */
    statistics: await chosenStatistics(settings, undefined, { transmit: false }),
    catalog: loadCatalog(),
    spot: settings.spot,
    periods,
    /* a node with more interfaces than the capture has */
    sources: 3,
    detectorOf: memory.detectorOf(name),
  })
  const judged = periods.map((seconds) => {
    const samples = observe(empty(seconds)).filter(({ judgement }) => judgement)
    return samples.map(({ statistic, judgement: { lower, upper } = {} }) => {
      return [`${statistic.name} ${seconds}`, { lower, upper }] as const
    })
  })
  return { thresholds: new Map(judged.flat()), standing: memory.standing(), warnings }
}

t.test('run goes on from thresholds that replay learned, from all files in turn', async (t) => {
  const folder = t.testdir({ 'c.yaml': CONFIG })
  const config = join(folder, 'c.yaml')
  const keep = (directory: string, ...files: string[]) =>
    pktspot([
      'replay',
      '-c',
      config,
      '--save-state',
      join(folder, directory),
      '-i',
      'net0',
      ...files,
    ])
  const once = await keep('once', DEMO)
  t.match(once, { code: 0, stderr: '' })
  const twice = await keep('twice', DEMO, DEMO)
  t.equal(twice.code, 0)
  const all = lines<Data>(twice.stdout).filter(({ kind }) => kind === 'data')
  const { thresholds, standing, warnings } = await restarted(join(folder, 'once'), config)
  t.same(warnings, [])
  t.equal(standing?.restored, thresholds.size)
  let calibrated = 0
  for (const seconds of [1, 2]) {
    const windows = all.filter(({ window }) => window === seconds)
    t.equal(windows.length % 2, 0)
    const [next] = windows.slice(windows.length / 2)
    for (const [name, { upper, lower }] of Object.entries(next?.statistics ?? {})) {
      const found = thresholds.get(`${name} ${seconds}`)
      if (!found) continue
      t.equal(Number.isNaN(found.upper) ? null : found.upper, upper, `${name} over ${seconds} s`)
      t.equal(Number.isNaN(found.lower) ? null : found.lower, lower, `${name} over ${seconds} s`)
      if (upper !== null) calibrated++
    }
  }
  t.ok(calibrated > 30, `${calibrated} of them are calibrated`)
})

t.test('another expression or knob is learned anew', async (t) => {
  const folder = t.testdir({
    'a.yaml': CONFIG,
    'b.yaml': CONFIG.replace('RST / TCP', 'RST / IP'),
    'c.yaml': CONFIG.replace('n_init: 50', 'n_init: 50, hold_off: 5'),
  })
  const args = ['-c', join(folder, 'a.yaml'), '--save-state', folder, '-i', 'net0']
  await pktspot(['replay', ...args, DEMO])
  const same = await restarted(folder, join(folder, 'a.yaml'))
  const expression = await restarted(folder, join(folder, 'b.yaml'))
  t.equal(expression.standing?.restored, (same.standing?.restored ?? 0) - 2)
  t.same(expression.thresholds.get('R_RST 1'), { lower: Number.NaN, upper: Number.NaN })
  t.equal((await restarted(folder, join(folder, 'c.yaml'))).standing?.restored, 0)
  t.equal((await restarted(folder, join(folder, 'a.yaml'), 'net1')).standing?.restored, 0)
})

t.test('the state is kept for each interface that is named, or that run would count', async (t) => {
  const folder = t.testdir()
  const keep = (...args: string[]) => pktspot(['replay', '--save-state', folder, ...args, DEMO])
  t.equal((await keep('-i', 'net0', '-i', 'net1.100')).code, 0)
  t.same(readdirSync(folder).sort(), ['net0.pktspot-state', 'net1.100.pktspot-state'])
  t.equal((await keep('-i', 'l[o]*', '-i', 'l?')).code, 0)
  t.ok(readdirSync(folder).includes('lo.pktspot-state'))
})

t.test('a bad capture spoils nothing, and without windows nothing is kept', async (t) => {
  const folder = t.testdir({ 'bad.pcap': 'no capture at all' })
  const bad = join(folder, 'bad.pcap')
  const [state, none] = [join(folder, 'state'), join(folder, 'none')]
  const both = await pktspot(['replay', '--save-state', state, '-i', 'net0', bad, DEMO])
  t.equal(both.code, 1)
  t.same(readdirSync(state), ['net0.pktspot-state'])
  const alone = await pktspot(['replay', '--save-state', none, '-i', 'net0', bad])
  t.match(alone, { code: 1, stderr: /\npktspot: --save-state: there was nothing to learn\n$/ })
  t.same(readdirSync(folder).sort(), ['bad.pcap', 'state'])
})

t.test('replay alone reads and keeps nothing', async (t) => {
  const folder = t.testdir({ 'demo.pcap.pktspot-state': 'nonsense' })
  const env = { ...ownEnvironment(), PKTSPOT_STATE_DIRECTORY: folder, PKTSPOT_STATE_INTERVAL: '1s' }
  t.match(await pktspot(['replay', DEMO], { env }), { code: 0, stderr: '' })
  t.same(readdirSync(folder), ['demo.pcap.pktspot-state'])
})

t.test('what cannot be kept or makes no sense is said', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  const keep = (...args: string[]) => pktspot(['replay', '--save-state', ...args, DEMO])
  const refused = await keep(join(file, 'state'), '-i', 'net0')
  t.equal(refused.code, 1)
  t.match(refused.stderr, /^pktspot: --save-state: ENOTDIR: /)
  t.match(await keep(file, '--totals'), {
    code: 2,
    stderr: /cannot be used with option '--totals'/,
  })
  const idle = await pktspot(['replay', '-i', 'net0', DEMO])
  t.match(idle, { code: 2, stderr: /^pktspot: --interface is of use only with --save-state/ })
})
