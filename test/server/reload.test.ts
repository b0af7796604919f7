// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { PktspotError } from '../../src/errors.ts'
import { started } from './started.ts'

async function post(address: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://${address}/-/reload`, { method: 'POST', headers })
  return { status: response.status, text: await response.text() }
}

t.test('is off unless it is set', async (t) => {
  const { address } = await started(t)
  t.same(await post(address), {
    status: 403,
    text: 'reloading is off: set web.reload to true, or send SIGHUP\n',
  })
})

t.test('reads the settings again, one time after the other', async (t) => {
  const log: string[] = []
  const reload = async () => {
    log.push('begin')
    await sleep(20)
    log.push('end')
  }
  const { address } = await started(t, { reload })
  const answers = await Promise.all([post(address), post(address)])
  for (const each of answers) t.same(each, { status: 200, text: 'reloaded\n' })
  t.same(log, ['begin', 'end', 'begin', 'end'])
  const get = await fetch(`http://${address}/-/reload`)
  t.match({ status: get.status, allow: get.headers.get('allow') }, { status: 405, allow: 'POST' })
  t.equal((await post(address, { origin: 'https://foreign.example' })).status, 403)
  t.equal(log.length, 4)
})

t.test('tells why the settings were not taken', async (t) => {
  let error: Error = new PktspotError('SETTINGS', 'f.yaml:1:1: spot.q: got 2')
  const reload = async () => {
    throw error
  }
  const { address, lines } = await started(t, { reload })
  t.same(await post(address), { status: 500, text: 'not reloaded: f.yaml:1:1: spot.q: got 2\n' })
  t.same(lines, [])
  error = new Error('a bug')
  t.same(await post(address), { status: 500, text: 'internal error: see the log\n' })
  t.same(lines, ['/-/reload: not answered: Error: a bug'])
})
