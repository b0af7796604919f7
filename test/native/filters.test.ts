// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadAddon } from '../../src/native/binding.ts'
import { numbers } from '../support/bytes.ts'
import { command, must } from '../support/command.ts'
import { collectionFrames, fixtureFrames } from '../support/ethernet-frames.ts'
import { countMatches, mustCompile } from '../support/filter-counts.ts'
import { combinations, PRIMITIVES } from '../support/filter-texts.ts'
import { pcap } from '../support/pcap.ts'
import type { LinkFrame } from '../support/read-pcap.ts'

const { PKTSPOT_CAPTURES: captures = '' } = process.env
const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const COMBINATIONS = 100
const AT_ONCE = 4
const TIMEOUT = 240_000
const addon = loadAddon()
const programs = await mustCompile([...PRIMITIVES, ...combinations(COMBINATIONS, numbers(SEED))])
const noTcpdump = (await command('tcpdump', ['--version']).catch(() => undefined))
  ? false
  : 'needs tcpdump'

/** What tcpdump counts. */
async function tcpdumpCounts(t: Test, frames: readonly LinkFrame[]): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-filters-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'merged.pcap')
  /* tcpdump says so when a clock goes back, and old times are as good as any */
  await writeFile(
    file,
    pcap(frames.map(({ data, wire = data.length }) => ({ at: 0n, data, wire }))),
  )
  const counts: number[] = []
  for (let start = 0; start < programs.length; start += AT_ONCE) {
    const outputs = programs
      .slice(start, start + AT_ONCE)
      .map(({ text }) => must('tcpdump', '-n', '--count', '-r', file, text))
    counts.push(...(await Promise.all(outputs)).map((output) => Number(/^\d+/m.exec(output)?.[0])))
  }
  return counts
}

function ownCounts(frames: readonly LinkFrame[]): Promise<number[]> {
  return countMatches(
    addon,
    programs,
    () => addon.openFrames(1, 14, 1n),
    (source) => {
      for (const { data, wire = data.length } of frames) {
        addon.countFrame(source, 0, data, wire, 0, 0)
      }
    },
  )
}

async function compare(t: Test, frames: readonly LinkFrame[]): Promise<void> {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  const own = await ownCounts(frames)
  const theirs = await tcpdumpCounts(t, frames)
  const different = programs.flatMap(({ text }, index) =>
    own[index] === theirs[index] ? [] : [`${text}: ${own[index]} and ${theirs[index]}`],
  )
  t.same(different, [], 'alike')
  const telling = theirs.filter((count) => count > 0 && count < frames.length).length
  t.comment(
    `${programs.length} filters, ${telling} that tell frames apart; ${frames.length} frames`,
  )
}

t.setTimeout(2 * TIMEOUT)

t.test('there are filters enough', async (t) => {
  t.ok(programs.length >= PRIMITIVES.length + COMBINATIONS / 2)
  t.ok(PRIMITIVES.length >= 200)
})

t.test(
  'filters count every fixture as tcpdump does',
  { skip: noTcpdump, timeout: TIMEOUT },
  async (t) => {
    await compare(t, await fixtureFrames())
  },
)

t.test(
  'filters count the Ethernet frames of the captures as tcpdump does',
  {
    skip: noTcpdump || (captures === '' && 'PKTSPOT_CAPTURES names no capture collection'),
    timeout: TIMEOUT,
  },
  async (t) => {
    await compare(t, await collectionFrames(captures))
  },
)
