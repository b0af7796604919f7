// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { type LimitClock, limitLines } from '../src/log-limit.ts'

/** A limit on a clock of its own, and what it lets through. */
function limited() {
  let time = 0
  const due: { at: number; work(): void }[] = []
  const clock: LimitClock = {
    now: () => time,
    later: (work, milliseconds) => void due.push({ at: time + milliseconds, work }),
  }
  const out: { level: number; msg: string }[] = []
  const write = limitLines((line) => void out.push(JSON.parse(line)), clock)
  return {
    out,
    log: (level: number, msg: string) => write(`${JSON.stringify({ level, msg })}\n`),
    wait(milliseconds: number) {
      time += milliseconds
      for (const each of due.splice(0)) {
        if (each.at <= time) each.work()
        else due.push(each)
      }
    },
  }
}

t.test('of lines that differ in numbers alone ten a second get through, and one tells', (t) => {
  const { out, log, wait } = limited()
  for (let at = 0; at < 5000; at++) log(40, `10.0.0.${at}:443: handshake failed`)
  t.equal(out.length, 10)
  wait(999)
  t.equal(out.length, 10)
  wait(1)
  t.match(out.slice(10), [{ level: 40, msg: /^4990 lines .* the last: 10\.0\.0\.4999:443/ }])
  log(40, '10.0.0.1:443: handshake failed')
  t.equal(out.length, 12, 'then they get through again')
  wait(5000)
  t.equal(out.length, 12, 'and nothing more is told')
  t.end()
})

t.test('a flood of one kind hides no other', (t) => {
  const { out, log } = limited()
  for (let at = 0; at < 5000; at++) {
    log(20, `packet ${at}`)
    log(40, `client ${at} is slow`)
  }
  log(50, 'the disk is full')
  log(30, 'settings reloaded')
  t.equal(out.length, 22)
  t.match(out.slice(-2), [{ msg: 'the disk is full' }, { msg: 'settings reloaded' }])
  t.end()
})

t.test('of lines that are all different a hundred, warnings first, and all that are fatal', (t) => {
  const { out, log, wait } = limited()
  const name = (at: number) =>
    at.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')
  for (let at = 0; at < 1000; at++) log(30, `info of ${name(at)}`)
  t.equal(out.length, 100)
  for (let at = 0; at < 1000; at++) log(40, `warning of ${name(at)}`)
  t.equal(out.length, 200)
  for (let at = 0; at < 300; at++) log(60, 'the end')
  t.equal(out.length, 500)
  wait(1000)
  t.match(out.at(-1), { level: 40, msg: /^1800 lines/ })
  t.end()
})
