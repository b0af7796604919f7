// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t from 'tap'
import { command } from '../support/command.ts'
import { compile } from '../support/compile.ts'
import { missingPrivilege } from '../support/privileges.ts'

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const PROGRAMS = Number(process.env['PKTSPOT_FUZZ_PROGRAMS'] ?? 3000)
const SOURCES = ['classic', 'emit', 'load', 'program', 'match', 'unique', 'translate']

interface Counts {
  readonly refused: number
  readonly matched: number
  readonly frames: number
  readonly kernel: number
  readonly tagged: number
  readonly fragmented: number
  readonly socket: number
}

t.setTimeout(600_000)

t.test(
  `${PROGRAMS} random programs mean the same in the kernel, here and in libpcap, seed ${SEED}`,
  { skip: missingPrivilege() ?? false, timeout: 600_000 },
  async (t) => {
    t.comment(
      `PKTSPOT_TEST_SEED=${SEED} repeats this run; PKTSPOT_FUZZ_PROGRAMS=100000 is thorough`,
    )
    const sources = SOURCES.map((name) => `native/addon/filter_${name}.c`)
    const program = await compile(t, 'test/native/filters-fuzz.c', ...sources)
    const args = [String(SEED), String(PROGRAMS)]
    const { code, stdout, stderr } = await command(program, args, { timeout: 590_000 })
    if (code !== 0) {
      t.fail(`${stdout}${stderr}`)
      return
    }
    const counts = JSON.parse(stdout) as Counts
    t.equal(counts.refused, 0, 'the translator takes all that the interpreter runs')
    t.ok(counts.matched > counts.frames / 10 && counts.matched < counts.frames * 0.9)
    t.ok(counts.kernel > PROGRAMS * 15, 'the kernel ran them over most frames')
    t.ok(counts.tagged > PROGRAMS, 'tags were beside frames')
    t.ok(counts.fragmented > PROGRAMS, 'frames were in fragments')
    t.ok(counts.socket > PROGRAMS / 5, 'socket filters ran them')
    t.comment(stdout.trim())
  },
)
