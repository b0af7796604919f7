// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import t from 'tap'
import { readLabelled, replayed, seenBy } from '../bench/support/labelled.ts'

const FOLDER = process.env['PKTSPOT_LABELLED'] ?? ''
const skip = existsSync(FOLDER) ? false : 'PKTSPOT_LABELLED names no folder of labelled captures'

/** What the shipped settings must find in windows of each length. */
const LENGTHS = [
  { seconds: 1, least: 6, by: { S1: 'SYN_ONLY_RATE' } },
  { seconds: 10, least: 4, by: { S1: 'R_SYN' } },
] as const

for (const { seconds, least, by } of LENGTHS) {
  t.test(`in windows of ${seconds} s attacks are found within two of them`, { skip }, async (t) => {
    let [found, falseEvents] = [0, 0]
    for (const { name, path, attacks } of readLabelled(FOLDER)) {
      const rows = await replayed(path, seconds)
      if (attacks.length === 0) falseEvents += rows.filter(({ kind }) => kind === 'alarm').length
      for (const attack of attacks) {
        const seen = [...seenBy(rows, attack, seconds)].filter(([, after]) => after < 2)
        t.comment(`${name}, ${attack.attack}: ${seen.map(([statistic]) => statistic).join(', ')}`)
        if (seen.length > 0) found++
        if (name === 'S1') t.ok(new Map(seen).has(by.S1), `${by.S1} sees the flood`)
      }
    }
    t.ok(found >= least, `${found} of 6 found`)
    t.ok(falseEvents <= 10, `${falseEvents} false events on the controls`)
  })
}
