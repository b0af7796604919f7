// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { withLongerWindows } from '../../src/capture/longer-windows.ts'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { settingsOf } from '../../src/commands/settings.ts'
import { chosenStatistics } from '../../src/commands/statistics.ts'
import { createMonitors } from '../../src/monitor/by-length.ts'
import { createMemory } from '../../src/monitor/state/memory.ts'
import { writeMemory } from '../../src/monitor/state/saved.ts'
import { windowPeriods } from '../../src/settings/capture.ts'
import { start } from '../commands/spawned.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { packageRoot, program } from '../support/root.ts'
import { trafficSender } from '../support/sender.ts'
import { missingTmux, type Pane, startTop } from '../top/tmux.ts'

t.setTimeout(120_000)

const unprivileged = missingPrivilege() ?? false
const skip = unprivileged || ((await missingTmux()) ?? false)
const send = unprivileged ? undefined : await trafficSender(t)

/** Reads a number as it is shown. */
function read(text = ''): number {
  const [, digits, prefix = ''] = /^([\d.]+) ?([KMGT]?)/.exec(text) ?? []
  return Number(digits) * 1000 ** ' KMGT'.indexOf(prefix || ' ')
}

/** Packets, and packets a second, of the row that begins with this. */
function rowOf(screen: readonly string[], name: string): { packets: number; pps: number } {
  const cells = screen.find((line) => line.startsWith(name))?.split(/ {2,}/) ?? []
  return { packets: read(cells[1]), pps: read(cells[2]) }
}

/** Waits for screens that differ in their time. */
async function screens(pane: Pane, count: number): Promise<string[][]> {
  const seen = new Map<string, string[]>()
  for (const end = Date.now() + 20_000; seen.size < count && Date.now() < end; await sleep(60)) {
    const screen = await pane.screen()
    const time = /\d\d:\d\d:\d\d$/.exec(screen[0] ?? '')?.[0]
    if (time !== undefined && screen[2]?.startsWith('ps')) seen.set(time, screen)
  }
  return [...seen.values()]
}

t.test('rates that are shown are those of the traffic, from the first on', { skip }, async (t) => {
  if (!send) return
  const link = await network(t)
  const sending = send(link, { rate: 3000, seconds: 16, keys: 50 })
  /* the interface is busy before anything is counted */
  await sleep(1500)
  const pane = await startTop(t, ['-i', link.here])
  const seen = await screens(pane, 5)
  const { packets, seconds } = await sending
  const rate = packets / seconds
  for (const screen of seen) {
    const { pps } = rowOf(screen, link.here)
    t.ok(Math.abs(pps / rate - 1) < 0.05, `${pps} shown, ${rate} sent`)
    const parts = ['tcp', 'udp', 'icmp'].map((name) => rowOf(screen, name).pps)
    const sum = parts.reduce((total, each) => total + each, 0)
    t.ok(Math.abs(sum / pps - 1) < 0.02, `protocols add up to ${sum} of ${pps}`)
  }
  const mean = seen.reduce((sum, each) => sum + rowOf(each, link.here).pps, 0) / seen.length
  t.ok(Math.abs(mean / rate - 1) < 0.02, `${mean} shown, ${rate} sent`)
  t.equal(seen.length, 5)
  await pane.press('q')
  t.match(await pane.ended(), { code: 0, isAlternate: false, hasCursor: true })
})

t.test('what is counted is all that was sent, key by key', { skip }, async (t) => {
  if (!send) return
  const link = await network(t)
  const pane = await startTop(t, ['-i', link.here, '--interval', '0.5', '-n', '3'])
  await pane.until(/^\[sources\]/m)
  const { packets } = await send(link, { rate: 400, seconds: 2, keys: 3 })
  const total = new RegExp(`^${link.here} +${packets} +0 `, 'm')
  const screen = await pane.until(total)
  const keys = ['10.0.0.0', '10.0.0.1', '10.0.0.2'].map((key) => rowOf(screen, key).packets)
  t.equal(
    keys.reduce((sum, each) => sum + each, 0),
    packets,
  )
  t.equal(rowOf(screen, 'tcp').packets + rowOf(screen, 'udp').packets, packets)
  t.notMatch(screen.slice(10).join('\n'), /^other/m, 'no key is left over')
  await pane.press('C-c')
  t.equal((await pane.ended()).code, 0)
})

for (const end of ['SIGINT', 'SIGTERM', 'C-c', 'q'] as const) {
  t.test(`${end} gives the terminal back as it was`, { skip }, async (t) => {
    const link = await network(t)
    const pane = await startTop(t, ['-i', link.here])
    await pane.until(/^\[sources\]/m)
    t.notMatch((await pane.screen()).join('\n'), 'what was there before')
    if (end.startsWith('SIG')) process.kill(await pane.pid(), end)
    else await pane.press(end)
    const left = await pane.ended()
    t.match(left, { code: 0, isAlternate: false, hasCursor: true })
    t.equal(left.after, left.before)
    t.match(left.screen[0], 'what was there before')
    t.same(left.screen.slice(1).filter(Boolean), [], 'nothing is left on the screen')
  })
}

t.test('what cannot be opened is told on the terminal as it was', { skip }, async (t) => {
  const pane = await startTop(t, ['-i', 'none0'])
  const left = await pane.ended()
  t.match(left, { code: 1, isAlternate: false, hasCursor: true })
  t.equal(left.after, left.before)
  t.match(left.screen.join(' '), /pktspot: none0: no such interface/)
})

t.test('a bug is told on the terminal as it was', { skip }, async (t) => {
  const link = await network(t)
  const bug = 'process.on(`SIGUSR2`, () => { throw new Error(`planted`) })'
  const node = ['--import', `data:text/javascript,${encodeURIComponent(bug)}`]
  const pane = await startTop(t, ['-i', link.here], { node })
  await pane.until(/^\[sources\]/m)
  process.kill(await pane.pid(), 'SIGUSR2')
  const left = await pane.ended()
  t.match(left, { code: 1, isAlternate: false, hasCursor: true })
  t.equal(left.after, left.before)
  t.match(left.screen.join(' '), /this is a bug: Error: planted/)
})

t.test('keys turn the view, and another window size is filled at once', { skip }, async (t) => {
  if (!send) return
  const link = await network(t)
  const pane = await startTop(t, ['-i', link.here])
  await pane.until(/^\[sources\]/m)
  await send(link, { rate: 1000, seconds: 1, keys: 20 })
  await pane.until(/^10\.0\.0\.0 /m)
  await pane.press('g')
  await pane.until(/\[ports\][\s\S]*^tcp +443 +https /m)
  await pane.press('Right')
  await pane.until(/^tcp +10\.0\.0\.0:\d+ +198\.51\.100\.\d+:443 /m)
  await pane.press('Tab')
  await pane.until(/^PKTS_RATE +1 s .* learning \d+ %$/m)
  /* pressed at once */
  await pane.press('s', 'Left')
  await pane.until(/s sort: bytes/)
  await pane.press('?')
  await pane.until(/any key|A key returns/)
  await pane.press('?')
  await pane.press('p')
  const [title = ''] = await pane.until(/PAUSED/)
  await sleep(1500)
  t.equal((await pane.screen())[0], title, 'nothing moves')
  await pane.press('p')
  await pane.resize(200, 50)
  const wide = await pane.until(/^sizes +icmp/m)
  t.equal(wide.length, 50)
  t.match(wide.at(-1), /^q quit/)
  await pane.resize(60, 20)
  const small = await pane.until(/^pktspot top [^\n]*\d\d:\d\d:\d\d\n[\s\S]*\? help$/)
  t.equal(small.length, 20)
})

t.test('text is written where there is no terminal', { skip: unprivileged }, async (t) => {
  if (!send) return
  const link = await network(t)
  const { child, ended } = start(['top', '-i', link.here, '--interval', '0.5', '-n', '2'])
  await send(link, { rate: 400, seconds: 3, keys: 5 })
  child.kill('SIGINT')
  const { code, stdout } = await ended
  t.equal(code, 0)
  t.notMatch(stdout, '\u001B')
  const times = [...stdout.matchAll(/^# (\d{4}-\S+Z)$/gm)].map(([, text = '']) => Date.parse(text))
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  t.ok(times.length >= 3, `${times.length} blocks`)
  t.same(
    gaps.filter((gap) => gap < 350 || gap > 1200),
    [],
    'one block an interval',
  )
  for (const name of ['totals', 'protocols', 'sources', 'ports', 'flows', 'sizes', 'statistics']) {
    t.match(stdout, `# ${name}\n`)
  }
  t.match(stdout, /^tcp +443 +https +\d/m)
  const lines = stdout.split('\n')
  t.same(
    lines.filter((line) => line.length > 120 || line.endsWith(' ')),
    [],
  )
})

t.test('a reader that leaves ends it', { skip: unprivileged }, async (t) => {
  const link = await network(t)
  const line = `'${process.execPath}' '${program}' top -i ${link.here} --interval 0.2 2>&1 >&3 | cat`
  const shell = spawn('bash', [
    '-c',
    `set -o pipefail; { ${line}; echo "code $?" >&2; } 3>&1 | head -1`,
  ])
  let told = ''
  shell.stderr.on('data', (chunk) => {
    told += chunk
  })
  const [code] = await Promise.race([
    new Promise<[number | null]>((resolve) => shell.on('close', (each) => resolve([each]))),
    sleep(10_000).then(() => ['late'] as const),
  ])
  t.equal(code, 0)
  t.match(told, /code 0/)
  t.notMatch(told, 'bug')
})

t.test('thresholds that were kept are there at once, and stay as they are', async (t) => {
  if (unprivileged) return t.comment(unprivileged)
  const link = await network(t)
  const folder = t.testdir({
    'c.yaml': 'windows: [1, 2]\nspot: { n_init: 50 }\nstate: { directory: state }\n',
    state: {},
  })
  const config = join(folder, 'c.yaml')
  const { settings } = await settingsOf({ config, flags: {} }, { env: {} })
  const memory = createMemory(settings.spot)
  const source = await openCaptureFile(join(packageRoot, 'test/fixtures/demo.pcap'))
  const periods = windowPeriods(settings)
  const observe = createMonitors({
    statistics: await chosenStatistics(settings, undefined),
    catalog: source.catalog,
    spot: settings.spot,
    periods,
    sources: 1,
    detectorOf: memory.detectorOf,
  })
  const signal = new AbortController().signal
  for await (const window of withLongerWindows(source, periods).windows(1, signal)) observe(window)
  const directory = join(folder, 'state')
  await writeMemory(directory, link.here, memory)
  const [name = ''] = await readdir(directory)
  const path = join(directory, name)
  const kept = await readFile(path)
  const written = (await stat(path)).mtimeMs

  const { child, ended } = start(['top', '-c', config, '-i', link.here, '--interval', '1.5'])
  await sleep(4000)
  child.kill('SIGTERM')
  const { code, stdout } = await ended
  t.equal(code, 0)
  t.match(stdout, /^PKTS_RATE +1 s +0 +\S*\d\S* +\S*\d\S* +\S/m)
  t.same(await readFile(path), kept)
  t.equal((await stat(path)).mtimeMs, written)
})

t.test('intervals and counts that make no sense are refused', async (t) => {
  for (const [flags, message] of [
    [['--interval', '0'], /It must be seconds from 0\.1 to 3600/],
    [['--interval', 'soon'], /It must be seconds/],
    [['-n', '0'], /It must be a whole number from 1 to 1000/],
    [['-n', '2.5'], /It must be a whole number/],
  ] as const) {
    const { code, stderr } = await start(['top', ...flags]).ended
    t.equal(code, 2)
    t.match(stderr, message)
  }
})
