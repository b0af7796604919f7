// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openScreen } from '../../src/top/screen.ts'

t.test('a screen writes only lines that changed, and gives the window back once', async (t) => {
  const written: string[] = []
  const screen = openScreen({ write: (text) => written.push(text) })
  t.match(written.shift(), '\u001B[?1049h')
  screen.show(['one', 'two', 'three'])
  t.match(written.shift(), /one.*two.*three/)
  screen.show(['one', 'TWO', 'three'])
  const [change = ''] = written.splice(0)
  t.match(change, '\u001B[2;1HTWO')
  t.notMatch(change, /one|three/)
  screen.show(['one', 'TWO', 'three'])
  t.same(written, [], 'nothing changed')
  screen.show(['one'])
  t.match(written.shift(), '\u001B[2J', 'fewer lines leave nothing behind')
  screen.forget()
  screen.show(['one'])
  t.match(written.shift(), 'one')
  screen.close()
  t.equal(written.shift(), '\u001B[0m\u001B[?25h\u001B[?1049l')
  screen.close()
  screen.show(['late'])
  t.same(written, [])
})
