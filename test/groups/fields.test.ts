// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { FIELDS } from '../../src/groups/fields.ts'
import { LAYER_NAMES, layerBits } from '../../src/groups/layers.ts'
import { packageRoot } from '../support/root.ts'

const core = join(packageRoot, 'native/core')

t.test('the fields are those of the core, and as wide', async (t) => {
  const files = await readdir(join(core, 'keys'))
  const texts = await Promise.all(files.map((file) => readFile(join(core, 'keys', file), 'utf8')))
  const lines = texts.flatMap((text) => [...text.matchAll(/^KEY\(\w+, "([\w.]+)", \w+, (\d+),/gm)])
  t.strictSame(
    lines.map(([, name, bits]) => `${name} ${bits}`).sort(),
    FIELDS.map(({ name, bits }) => `${name} ${bits}`).sort(),
  )
})

t.test('the layers have the bits that the core gives them', async (t) => {
  const text = await readFile(join(core, 'layers.h'), 'utf8')
  const bits = new Map(
    [...text.matchAll(/HAS_(\w+) = 1 << (\d+)/g)].map(([, name, bit]) => [name, 2 ** Number(bit)]),
  )
  for (const name of LAYER_NAMES.filter((each) => each !== 'PKT')) {
    const short = name.toUpperCase().replace(/^(IP|ICMP)V/, '$1')
    t.equal(layerBits(name), bits.get(short), name)
  }
  t.equal(layerBits('PKT'), 0)
  t.equal(layerBits(undefined), 0)
})
