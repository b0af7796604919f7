// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { numbers } from '../support/bytes.ts'
import { mutator } from '../support/mutate.ts'
import { readers } from './texts.ts'

const { PKTSPOT_SEED, PKTSPOT_FUZZ_SECONDS = '24' } = process.env
/** The same texts every time, unless another seed is given: what is new is looked for by hand. */
const seed = Number(PKTSPOT_SEED ?? 1)
/** Seconds of processor time that one text may take: what a text of ten thousand signs could take by squares. */
const TEXT_SECONDS = 2
const ENDLESS = 100_000

const used = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

const targets = Object.entries(await readers(t.testdir({})))
const seconds = Number(PKTSPOT_FUZZ_SECONDS) / targets.length
t.setTimeout(Number(PKTSPOT_FUZZ_SECONDS) * 20_000 + 60_000)

for (const [name, { seeds, read }] of targets) {
  t.test(`${name} (PKTSPOT_SEED=${seed})`, async (t) => {
    const next = mutator(seeds, numbers(seed))
    const begun = process.cpuUsage()
    let count = 0
    for (const text of seeds) await read(text)
    while (used(begun) < seconds) {
      const text = next()
      const start = process.cpuUsage()
      count += 1
      try {
        await read(text)
      } catch (error) {
        t.fail(`${JSON.stringify(text.slice(0, ENDLESS))}: ${error}`, { stack: String(error) })
        return
      }
      if (used(start) > TEXT_SECONDS) t.fail(`takes ${used(start)} s: ${JSON.stringify(text)}`)
    }
    t.pass(`${count} texts`)
  })
}
