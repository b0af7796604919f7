// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import t from 'tap'
import { command } from '../support/command.ts'
import { packageRoot } from '../support/root.ts'
import { seeds } from './seeds.ts'
import { atOnce, buildTargets, folder, missingRuntime } from './targets.ts'

/** The same mutations every time, unless another seed is given: what is new is looked for by hand. */
const { PKTSPOT_FUZZ_SECONDS = '30', PKTSPOT_SEED: seed = '1' } = process.env
const seconds = Number(PKTSPOT_FUZZ_SECONDS)
/** Longest input, by target. */
const LENGTHS: Readonly<Record<string, number>> = {
  captures: 4096,
  frames: 700,
  filters: 1200,
  groups: 2500,
}
const targets = Object.keys(LENGTHS)
t.setTimeout((seconds * targets.length + 240) * 1000)

/** Lays out what a target begins with: generated files, and inputs that once were findings. */
async function corpus(target: string): Promise<string> {
  const path = join(folder, target, 'corpus')
  await rm(path, { recursive: true, force: true })
  await mkdir(path, { recursive: true })
  const kept = join(packageRoot, 'test/fuzz/inputs', target)
  await cp(kept, path, { recursive: true }).catch(() => undefined)
  const files = seeds()[target] ?? []
  await Promise.all(files.map((file, at) => writeFile(join(path, `seed-${at}`), file)))
  return path
}

/** Words of a log that say what was found, without the fuzzer's own frames of the stack. */
function told(log: string): string {
  const lines = log.split('\n')
  const start = lines.findIndex((line) => /does not hold|ERROR|runtime error/.test(line))
  return lines.slice(start, start + 30).join('\n')
}

t.test('fuzzers', { skip: (await missingRuntime()) ?? false }, async (t) => {
  const programs = await buildTargets(targets)
  await atOnce(targets, async (target) => {
    const program = programs[targets.indexOf(target)] ?? ''
    const found = join(folder, target, 'found')
    await rm(found, { recursive: true, force: true })
    await mkdir(found)
    const own = await corpus(target)
    const limits = [`-max_len=${LENGTHS[target]}`, '-timeout=25', '-rss_limit_mb=2048']
    const args = [
      `-max_total_time=${seconds}`,
      `-seed=${seed}`,
      ...limits,
      `-artifact_prefix=${found}/`,
      own,
    ]
    const { code, stderr } = await command(program, args, { timeout: (seconds + 200) * 1000 })
    const [input] = await readdir(found)
    const path = (file: string): string => relative(packageRoot, file)
    t.equal(
      code,
      0,
      `${target} finds nothing in ${seconds} s, or: ${path(program)} ${path(join(found, input ?? ''))}`,
      { diagnostic: code !== 0, log: code === 0 ? '' : told(stderr) },
    )
    t.match(stderr, /Done \d+ runs/, `${target} ran`)
    t.comment(`${target}: ${/Done \d+ runs/.exec(stderr)?.[0]}`)
  })
})

t.test('what the fuzzers begin with is small', async (t) => {
  const total = Object.values(seeds()).flat()
  t.ok(total.reduce((sum, file) => sum + file.length, 0) < 200_000)
  for (const target of targets) t.ok((seeds()[target]?.length ?? 0) > 5, target)
})
