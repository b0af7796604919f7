// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { snapshotPath } from '../../../src/monitor/state/files.ts'
import { createMemory } from '../../../src/monitor/state/memory.ts'
import {
  type NodeMemory,
  type NodeMemoryOptions,
  openNodeMemory,
} from '../../../src/monitor/state/node-memory.ts'
import { readSaved } from '../../../src/monitor/state/saved.ts'
import {
  encodeSnapshot,
  type SavedDetector,
  SNAPSHOT_LIMIT,
} from '../../../src/monitor/state/snapshot.ts'
import { named, notes, OPTIONS, SPOT, teach } from './learned.ts'

/* long enough for no second snapshot to come by itself */
const HOUR = 3600
const DAY = 86_400_000

async function open(directory: string | null, more: Partial<NodeMemoryOptions> = {}) {
  const told = notes()
  const options = { directory, interval: HOUR, interfaces: ['eth0'], spot: SPOT, ...told, ...more }
  return { told, memory: await openNodeMemory(options) }
}

function detector(memory: NodeMemory, name = 'A') {
  const made = memory.detectorOf('eth0')?.(named(name), OPTIONS, 1)
  if (!made) throw new Error('no detector')
  return made
}

/** Leaves a snapshot of A and B behind. */
async function leave(directory: string, count = 500): Promise<void> {
  const { memory } = await open(directory)
  const detectorOf = memory.detectorOf('eth0')
  if (detectorOf) teach(detectorOf, ['A', 'B'], count)
  memory.begin()
  await memory[Symbol.asyncDispose]()
}

async function until(met: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200 && !met(); i++) await sleep(10)
  return met()
}

t.test('thresholds after a restart are those before', async (t) => {
  const directory = join(t.testdir(), 'made', 'by', 'itself')
  await leave(directory)
  const alone = createMemory(SPOT)
  teach(alone.detectorOf, ['A'], 500)
  const { memory, told } = await open(directory)
  t.same(detector(memory).status().tails[1], {
    ...alone.detectorOf(named('A'), OPTIONS, 1).status().tails[1],
    ...{ anomalies: 0, events: 0, excesses: 0 },
  })
  detector(memory, 'B')
  memory.begin()
  t.same(told.infos, ['interface eth0: 2 detectors go on where they stopped'])
  t.same(told.warnings, [])
  t.equal(memory.standing()?.restored, 2)
  await memory[Symbol.asyncDispose]()
})

t.test('without a directory nothing is kept and nothing told', async (t) => {
  const { memory, told } = await open(null)
  memory.begin()
  t.equal(detector(memory), detector(memory), 'but by the program itself')
  t.equal(memory.standing(), undefined)
  await memory[Symbol.asyncDispose]()
  t.match(told, { infos: [], warnings: [] })
})

t.test('snapshots are written at once, at each interval and on exit', async (t) => {
  const directory = t.testdir()
  const path = snapshotPath(directory, 'eth0')
  const { memory } = await open(directory, { interval: 0.2 })
  const one = detector(memory)
  t.notOk(existsSync(path), 'nothing is written before it begins')
  t.equal(memory.standing()?.written, undefined)
  memory.begin()
  t.ok(await until(() => existsSync(path)), 'at once')
  one.judge(1)
  const values = async () => {
    const saved = await readSaved(directory, 'eth0')
    return detector((await open(directory)).memory).status().values + saved.length - 1
  }
  t.ok(await until(() => (memory.standing()?.written?.getTime() ?? 0) > Date.now() - 50))
  await sleep(300)
  t.equal(await values(), 1, 'at the interval')
  one.judge(2)
  await memory[Symbol.asyncDispose]()
  t.equal(await values(), 2, 'on exit')
  t.equal(memory.standing()?.success, true)
  const { mtimeMs } = statSync(path)
  await sleep(300)
  t.equal(statSync(path).mtimeMs, mtimeMs, 'and then no more')
})

t.test('a start that fails before it begins leaves the snapshot as it is', async (t) => {
  const directory = t.testdir()
  await leave(directory)
  const path = snapshotPath(directory, 'eth0')
  const before = readFileSync(path)
  const { memory } = await open(directory)
  detector(memory)
  await memory[Symbol.asyncDispose]()
  t.same(readFileSync(path), before)
})

t.test('never two snapshots are written at once, however slow', async (t) => {
  const directory = t.testdir()
  const { memory } = await open(directory, { interval: 0.001 })
  for (let i = 0; i < 200; i++) detector(memory, `S${i}`)
  memory.begin()
  let most = 0
  for (const end = Date.now() + 700; Date.now() < end; await sleep(1)) {
    const temporary = readdirSync(directory).filter((name) => name.endsWith('.tmp'))
    most = Math.max(most, temporary.length)
  }
  await memory[Symbol.asyncDispose]()
  t.equal(most, 1)
  t.same(readdirSync(directory), ['eth0.pktspot-state'], 'nothing else is left')
})

/* Starts over what is in the directory; it must take one line of warning and begin anew, then keep its own again. */
async function startsAnew(t: Test, directory: string, line: RegExp): Promise<void> {
  const { memory, told } = await open(directory)
  t.equal(detector(memory).status().values, 0)
  memory.begin()
  t.equal(told.warnings.length, 1)
  t.match(told.warnings[0], line)
  t.same(told.infos, [])
  await memory[Symbol.asyncDispose]()
  t.match(memory.standing(), { success: true, restored: 0 })
  t.equal((await readSaved(directory, 'eth0')).length, 1, 'the next snapshot is good')
}

t.test('a snapshot that cannot be used never stops the start', async (t) => {
  const whole = t.testdir()
  await leave(whole)
  const bytes = readFileSync(snapshotPath(whole, 'eth0'))
  const old = (await readSaved(whole, 'eth0')).map((each): SavedDetector => {
    return { ...each, saved: new Date(Date.now() - 8 * DAY) }
  })
  const files: [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /eth0 is learned anew: \S+eth0.pktspot-state is damaged/],
    ['half', bytes.subarray(0, bytes.length / 2), /is damaged: its checksum is wrong$/],
    ['text', Buffer.from('hello\n'), /is damaged or no snapshot$/],
    ['version', Buffer.from(bytes.toString().replace(/ 1\.\d+ /, ' 7.1 ')), /has version 7.1, not/],
    ['other', encodeSnapshot('eth1', []), /is of interface eth1, not eth0$/],
    ['large', Buffer.alloc(SNAPSHOT_LIMIT + 1), /has \d+ bytes, more than the \d+ allowed$/],
    ['old', encodeSnapshot('eth0', old), /is more than 7 days old$/],
  ]
  for (const [name, content, line] of files) {
    const directory = join(t.testdir(), name)
    mkdirSync(directory)
    writeFileSync(snapshotPath(directory, 'eth0'), content)
    await t.test(name, (t) => startsAnew(t, directory, line))
  }
})

t.test('a pipe in the place of a snapshot does not hold up the start', async (t) => {
  const directory = t.testdir()
  execFileSync('mkfifo', [snapshotPath(directory, 'eth0')])
  await startsAnew(t, directory, /eth0.pktspot-state is no file$/)
})

t.test('detectors that are set otherwise now are told in one line, however many', async (t) => {
  const directory = t.testdir()
  const names = Array.from({ length: 30 }, (_, index) => `S${index}`)
  const before = await open(directory)
  for (const name of names) detector(before.memory, name)
  before.memory.begin()
  await before.memory[Symbol.asyncDispose]()
  const { memory, told } = await open(directory)
  for (const name of names.slice(1)) {
    memory.detectorOf('eth0')?.(named(name), { ...OPTIONS, level: 0.95 }, 1)
  }
  detector(memory, 'S0')
  memory.begin()
  t.same(told.infos, ['interface eth0: 1 detectors go on where they stopped'])
  t.equal(told.warnings.length, 1)
  t.match(told.warnings[0], /^interface eth0: learned anew, .*: S1 over 1 s, .* and 21 more$/)
  await memory[Symbol.asyncDispose]()
})

t.test('a directory that cannot be is told once, and all goes on without memory', async (t) => {
  for (const directory of [join(t.testdir({ file: '' }), 'file', 'below'), '/proc/no/such']) {
    const { memory, told } = await open(directory, { interval: 0.01 })
    detector(memory).judge(1)
    t.same(told.warnings, [], 'nothing is told of a start that may fail for other reasons')
    memory.begin()
    await sleep(100)
    t.match(told.warnings, [/^thresholds are not kept over a restart: ENO\w+: .*mkdir/])
    t.match(memory.standing(), { written: undefined, success: false, restored: 0 })
    await memory[Symbol.asyncDispose]()
    t.equal(told.warnings.length, 1)
    t.same(told.infos, [])
  }
})

t.test('a disk that works again is told, and used again', async (t) => {
  const directory = join(t.testdir(), 'state')
  writeFileSync(directory, 'in the way')
  const { memory, told } = await open(directory, { interval: 0.02 })
  detector(memory)
  memory.begin()
  await sleep(60)
  execFileSync('rm', [directory])
  mkdirSync(directory)
  t.ok(await until(() => memory.standing()?.success === true))
  t.same(told.infos, [`thresholds are kept in ${directory} again`])
  await memory[Symbol.asyncDispose]()
  t.equal(told.warnings.length, 1)
  t.equal((await readSaved(directory, 'eth0')).length, 1)
})

t.test('one interface that cannot be kept does not keep others from it', async (t) => {
  const directory = t.testdir()
  mkdirSync(snapshotPath(directory, 'eth0'))
  const { memory, told } = await open(directory, { interfaces: ['eth0', 'a%b c', 'eth1'] })
  memory.begin()
  t.match(told.warnings, [/^interface eth0 is learned anew: \S+ is no file$/])
  await memory[Symbol.asyncDispose]()
  t.match(told.warnings, [/eth0/, /^thresholds are not kept over a restart: EISDIR/])
  t.equal(memory.standing()?.success, false)
  for (const name of ['a%b c', 'eth1']) t.ok(existsSync(snapshotPath(directory, name)), name)
})

t.test('what killed writers and interfaces long gone left behind is swept', async (t) => {
  const directory = t.testdir({
    'eth0.pktspot-state.0123456789ab.tmp': 'half',
    'veth1.pktspot-state': 'old',
    'veth2.pktspot-state': 'new',
    'notes.txt': 'old, but not ours',
  })
  const old = new Date(Date.now() - 8 * DAY)
  for (const name of ['veth1.pktspot-state', 'notes.txt']) {
    utimesSync(join(directory, name), old, old)
  }
  const { memory } = await open(directory, { interfaces: ['veth2'] })
  memory.begin()
  await memory[Symbol.asyncDispose]()
  t.same(readdirSync(directory).sort(), ['notes.txt', 'veth2.pktspot-state'])
})
