// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import t from 'tap'
import { readLabelled } from '../bench/support/labelled.ts'
import { RULES } from '../grafana/shipped.ts'
import { lines, pktspot } from '../support/replay.ts'

const FOLDER = process.env['PKTSPOT_LABELLED'] ?? ''
const missing = ['promtool', 'prometheus'].filter(
  (tool) => spawnSync(tool, ['--version']).status !== 0,
)
const skip = !existsSync(FOLDER)
  ? 'PKTSPOT_LABELLED names no folder of labelled captures'
  : missing.length > 0 && `${missing.join(' and ')} is not on PATH`

/** A time that an alert was active. */
interface Active {
  readonly labels: Readonly<Record<string, string>>
  readonly firing: string | null
}

/** Seconds within which the attack must have led to a page. */
const SOON = 60

t.setTimeout(300_000)

t.test('what pages is silent on the controls and fires on the attacks', { skip }, async (t) => {
  for (const { name, path, attacks } of readLabelled(FOLDER)) {
    const { code, stdout, stderr } = await pktspot(['replay', '--rules', RULES, path], {
      timeout: 200_000,
    })
    t.equal(code, 0, stderr)
    const pages = lines<Active>(stdout).filter(({ labels }) => labels['severity'] === 'critical')
    const fired = pages.map(({ firing }) => Date.parse(firing ?? '') / 1000)
    t.comment(`${name}: ${fired.join(', ')}`)
    if (attacks.length === 0) t.same(pages, [], `${name} is silent`)
    for (const { attack, start, end } of attacks) {
      const at = fired.find((time) => time >= start && time <= end + SOON)
      t.ok(at !== undefined, `${name}, ${attack}: after ${(at ?? Number.NaN) - start} s`)
    }
    t.ok(fired.length <= attacks.length, `${name}: no page but for an attack`)
  }
})
