// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openNotes, type Room } from '../../../src/capture/pins/notes.ts'

const BYTES = 4096

/** A room whose writes can be cut short, as by the end of a process. */
function memory(): Room & { readonly held: Uint8Array; cutAfter: number } {
  const held = new Uint8Array(BYTES)
  return {
    bytes: BYTES,
    held,
    cutAfter: Number.POSITIVE_INFINITY,
    read: (from, into) => into.set(held.subarray(from, from + into.length)),
    write(at, bytes) {
      held.set(bytes.subarray(0, Math.min(bytes.length, this.cutAfter)), at)
    },
  }
}

t.test('parts are read back, whole numbers as text', async (t) => {
  const room = memory()
  const notes = openNotes(room)
  t.equal(notes.read('a'), undefined)
  notes.write('a', { big: 2n ** 64n - 1n, list: [1, null] })
  notes.write('b', 'text')
  notes.write('a', { big: 7n })
  const next = openNotes(room)
  t.same(next.read('a'), { big: '7' })
  t.equal(next.read('b'), 'text')
  next.write('b', 'more')
  t.equal(openNotes(room).read('b'), 'more')
  t.same(openNotes(room).read('a'), { big: '7' })
})

t.test('a write that is cut short anywhere leaves the one before', async (t) => {
  for (let writes = 1; writes <= 2; writes++) {
    for (let cut = 0; cut < 70; cut++) {
      const room = memory()
      const notes = openNotes(room)
      for (let i = 1; i <= writes; i++) notes.write('n', i)
      room.cutAfter = cut
      notes.write('n', 'a longer text than there was')
      const found = openNotes(room).read('n')
      if (found !== writes) t.equal(found, writes, `${writes} writes, cut after ${cut} bytes`)
      room.cutAfter = BYTES
      const next = openNotes(room)
      next.write('n', 'next')
      if (openNotes(room).read('n') !== 'next') t.fail(`not written after a cut at ${cut}`)
    }
  }
})

t.test('what nobody could have written is refused, with the reason', async (t) => {
  const room = memory()
  const notes = openNotes(room)
  notes.write('n', 1)
  notes.write('n', 2)
  for (const at of [50, 50 + BYTES / 2]) room.held[at] = (room.held[at] ?? 0) ^ 1
  t.throws(() => openNotes(room), { name: 'NotesFault', message: 'are damaged' })

  const torn = memory()
  torn.cutAfter = 50
  openNotes(torn).write('n', 1)
  t.throws(() => openNotes(torn), { message: 'are damaged' }, 'the very first write')

  const long = memory()
  long.held.fill(255)
  t.throws(() => openNotes(long), { message: 'are damaged' })
})

t.test('notes of another version are refused by its number', async (t) => {
  const { createHash } = await import('node:crypto')
  const room = memory()
  const header = Buffer.alloc(16)
  header.writeUInt32LE(9, 0)
  header.writeUInt32LE(2, 4)
  header.writeBigUInt64LE(1n, 8)
  const digest = createHash('sha256').update(header).update('{}').digest()
  room.write(0, Buffer.concat([header, digest, Buffer.from('{}')]))
  t.throws(() => openNotes(room), { name: 'NotesFault', message: /^have version 9, not \d+$/ })
})

t.test('notes that do not fit leave those that do', async (t) => {
  const room = memory()
  const notes = openNotes(room)
  notes.write('n', 'short')
  t.throws(() => notes.write('n', 'x'.repeat(BYTES)), { name: 'RangeError' })
  t.equal(notes.read('n'), 'short')
  t.equal(openNotes(room).read('n'), 'short')
})
