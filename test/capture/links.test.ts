// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openLinks } from '../../src/capture/links.ts'
import { type Interface, loadAddon } from '../../src/native/binding.ts'

type Listener = (messages: Uint8Array | undefined) => void

/** A kernel of our own. */
function kernel(all: Interface[]) {
  let listener: Listener = () => undefined
  let open = 0
  return {
    all,
    lose: () => listener(undefined),
    isOpen: () => open === 1,
    say: (type: number, index: number, name: string) => listener(message(type, index, name)),
    addon: {
      interfaces: () => all,
      watchLinks(_: boolean, given: Listener) {
        listener = given
        open++
        return {} as ReturnType<ReturnType<typeof loadAddon>['watchLinks']>
      },
      unwatchLinks: () => void open--,
    },
  }
}

function message(type: number, index: number, name: string): Buffer {
  const bytes = Buffer.alloc(16 + 16 + 20)
  bytes.writeUInt32LE(bytes.length, 0)
  bytes.writeUInt16LE(type, 4)
  bytes.writeInt32LE(index, 20)
  bytes.writeUInt16LE(20, 32)
  bytes.writeUInt16LE(3, 34)
  bytes.write(name, 36)
  return bytes
}

t.test('knows what is there from the start on', async (t) => {
  const addon = loadAddon()
  using links = openLinks(addon, { routes: true })
  t.equal(links.find('lo')?.index, 1)
  t.equal(links.find('nothere0'), undefined)
})

t.test('an index that comes back is another interface, a rename is not', async (t) => {
  const { addon, say, isOpen } = kernel([{ name: 'a', index: 7 }])
  {
    using links = openLinks(addon, { routes: false })
    const first = links.find('a')
    say(16, 7, 'b')
    t.equal(links.find('a'), undefined)
    t.equal(links.find('b')?.id, first?.id)
    say(17, 7, 'b')
    t.equal(links.find('b'), undefined)
    say(16, 7, 'a')
    t.not(links.find('a')?.id, first?.id)
    t.ok(isOpen())
  }
  t.notOk(isOpen())
})

t.test('where messages were lost it looks at all', async (t) => {
  const world = kernel([
    { name: 'a', index: 7 },
    { name: 'b', index: 8 },
  ])
  using links = openLinks(world.addon, { routes: false })
  const kept = links.find('b')
  world.all.splice(0, 1, { name: 'c', index: 9 })
  world.lose()
  t.same([...links.all()].map(({ name }) => name).toSorted(), ['b', 'c'])
  t.equal(links.find('b')?.id, kept?.id)
})

t.test('a burst is one change, and none is lost', async (t) => {
  const { addon, say } = kernel([])
  using links = openLinks(addon, { routes: false })
  const stop = new AbortController()
  let changes = 0
  const following = (async () => {
    for await (const _ of links.changes(stop.signal)) changes++
  })()
  const reaches = async (count: number): Promise<number> => {
    for (let i = 0; i < 200 && changes < count; i++) await sleep(10)
    await sleep(150)
    return changes
  }
  t.equal(await reaches(1), 1, 'the beginning is one')
  for (let index = 1; index <= 500; index++) say(16, index, `x${index}`)
  t.equal(await reaches(2), 2)
  say(17, 1, 'x1')
  t.equal(await reaches(3), 3)
  stop.abort()
  await following
})
