// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readCapture } from './read-pcap.ts'
import { countFrames } from './truth.ts'
import { expectedOf, type FileTruth } from './truth-table.ts'

const { PKTSPOT_CAPTURES: folder } = process.env
const skip = folder === undefined ? 'PKTSPOT_CAPTURES names no capture collection' : false

t.test('the tests’ own counter agrees with real captures, exactly', { skip }, async (t) => {
  const text = await readFile(join(folder ?? '', 'truth.json'), 'utf8')
  const { files } = JSON.parse(text) as { files: Record<string, FileTruth> }
  let compared = 0
  for (const [key, truth] of Object.entries(files)) {
    const name = /^shared\/(.*)$/.exec(key)?.[1]
    if (name === undefined) continue
    const frames = readCapture(await readFile(join(folder ?? '', name)))
    if (frames.length === 0 || !frames.every(({ link }) => link === 1)) continue
    t.match(countFrames(frames).counters, expectedOf(truth), name)
    compared += 1
  }
  t.comment(`${compared} Ethernet captures compared`)
  t.ok(compared >= 150)
})
