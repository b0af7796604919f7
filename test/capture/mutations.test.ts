// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { all } from '../fixtures/fixtures.ts'
import { numbers } from '../support/bytes.ts'
import { pcap } from '../support/pcap.ts'
import { pcapng } from '../support/pcapng.ts'
import { totals } from '../support/replay.ts'

const { PKTSPOT_SEED } = process.env
const seed = Number(PKTSPOT_SEED ?? randomInt(2 ** 31))

t.test(`mutated files do no harm (PKTSPOT_SEED=${seed})`, async (t) => {
  const random = numbers(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const frames = all().slice(0, 60)
  const originals = [pcap(frames), pcapng(frames, { unknownEvery: 5, ports: [{ resolution: 9 }] })]
  const folder = t.testdir()
  const paths = Array.from({ length: 300 }, (_, at) => join(folder, `${at}.cap`))
  for (const [at, path] of paths.entries()) {
    const copy = originals[at % 2]?.slice() ?? new Uint8Array()
    for (let change = 1 + below(8); change > 0; change -= 1) {
      copy[below(random() < 0.5 ? 200 : copy.length)] = random() < 0.3 ? 0xff : below(256)
    }
    await writeFile(path, random() < 0.3 ? copy.subarray(0, below(copy.length)) : copy)
  }
  const { rows, finished } = await totals(paths, { timeout: 60_000 })
  t.equal(finished.signal, null, 'no crash, no hang')
  t.ok(
    [0, 1].includes(finished.code ?? -1),
    `exit ${finished.code}: ${finished.stderr.slice(-300)}`,
  )
  t.equal(rows.length, paths.length, 'a row for each file')
  t.notMatch(finished.stderr, 'this is a bug')
})
