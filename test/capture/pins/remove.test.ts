// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { interfaceFolder, interfaceIn } from '../../../src/capture/pins/names.ts'
import { removePins } from '../../../src/capture/pins/remove.ts'

t.test('all of ours goes, of any layout, and nothing else', async (t) => {
  const directory = t.testdir()
  const ours = ['0123456789abcdef', 'fedcba9876543210'].flatMap((layout) => {
    const source = join(directory, `layout-${layout}`, '7-eth0', 'receive')
    const group = join(source, 'group-3-0123456789abcdef')
    mkdirSync(group, { recursive: true })
    return [join(source, 'tables'), join(source, 'link'), join(group, 'cells')]
  })
  const foreign = [
    join(directory, 'other'),
    join(directory, 'layout-0123456789abcdef', '7-eth0', 'receive', 'theirs'),
    join(directory, 'layout-short'),
  ]
  for (const path of [...ours, ...foreign]) writeFileSync(path, '')
  const removed = removePins(directory, 0)
  t.same([...removed.pins].sort(), [...ours].sort())
  t.same([...removed.foreign].sort(), [...foreign].sort())
  t.ok(foreign.every((path) => existsSync(path)))
  t.notOk(existsSync(join(directory, 'layout-fedcba9876543210')), 'nor are empty folders left')
  t.same(removePins(join(directory, 'nowhere'), 0), { pins: [], foreign: [] })
})

t.test('folders of interfaces have no dots', async (t) => {
  for (const name of ['eth0', 'eth0.100', 'br-1f%2E', 'wlan:0']) {
    const folder = interfaceFolder({ index: 12, name })
    t.notMatch(folder, /[./]/)
    t.equal(interfaceIn(folder), name)
  }
})
