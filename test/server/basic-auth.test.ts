// SPDX-License-Identifier: Apache-2.0

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashSync } from 'bcryptjs'
import t from 'tap'
import { createBasicAuth } from '../../src/server/auth/basic.ts'
import { createComparer } from '../../src/server/auth/comparer.ts'
import { folder, started } from './started.ts'

const ALICE = hashSync('sesame', 4)
const BOB = hashSync('secret:with:colons', 4)

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}

t.test('lets in who knows a password, at every path', async (t) => {
  const at = await folder(t, { 'web.yml': `basic_auth_users: { alice: ${ALICE}, bob: ${BOB} }` })
  const { address } = await started(t, { configFile: join(at, 'web.yml') })
  const ask = async (authorization: string | undefined, path = '/metrics') => {
    const headers = authorization === undefined ? {} : { authorization }
    return fetch(`http://${address}${path}`, { headers })
  }
  t.equal((await ask(basic('alice', 'sesame'))).status, 200)
  t.equal((await ask(basic('alice', 'sesame'))).status, 200, 'again, from memory')
  t.equal((await ask(basic('bob', 'secret:with:colons'))).status, 200)
  for (const path of ['/', '/metrics', '/-/healthy', '/api/v1/counters', '/nothing']) {
    const { status, headers } = await ask(undefined, path)
    t.match(
      { status, asked: headers.get('www-authenticate') },
      { status: 401, asked: /^Basic realm=/ },
    )
  }
  const wrong = [
    basic('alice', 'Sesame'),
    basic('alice', ''),
    basic('alice', 'secret:with:colons'),
    basic('mallory', 'sesame'),
    basic('', 'sesame'),
    basic('__proto__', 'sesame'),
    'Basic',
    'Basic !!!',
    `Bearer ${ALICE}`,
    `Basic ${Buffer.from('alice').toString('base64')}`,
    basic('alice', ALICE),
  ]
  for (const header of [...wrong, ...wrong]) t.equal((await ask(header)).status, 401, header)

  await writeFile(join(at, 'web.yml'), `basic_auth_users: { bob: ${BOB} }`)
  t.equal((await ask(basic('alice', 'sesame'))).status, 401, 'no longer a user at the next request')
  await writeFile(join(at, 'web.yml'), `basic_auth_users: { alice: ${BOB} }`)
  t.equal((await ask(basic('alice', 'sesame'))).status, 401, 'the password was changed')
})

t.test('does the same work for a wrong password and a name that nobody has', async (t) => {
  const asked: [password: string, hash: string][] = []
  const compare = async (password: string, hash: string) => {
    asked.push([password, hash])
    return hash === BOB
  }
  const check = createBasicAuth({ compare })
  const users = new Map([['bob', BOB]])
  t.equal(await check(basic('bob', 'x'), users), 'welcome')
  t.equal(await check(basic('mallory', 'x'), users), 'refused', 'even where the hash agrees')
  t.same(asked, [
    ['x', BOB],
    ['x', BOB],
  ])
  await check(basic('bob', 'x'), users)
  await check(basic('mallory', 'x'), users)
  t.equal(asked.length, 2, 'what was compared once is remembered, good or bad')
})

t.test('forgets guesses sooner than passwords that were right', async (t) => {
  let comparisons = 0
  const compare = async (password: string) => {
    comparisons++
    return password === 'right'
  }
  const check = createBasicAuth({ compare })
  const users = new Map([['alice', ALICE]])
  await check(basic('alice', 'right'), users)
  for (let i = 0; i < 5000; i++) await check(basic('alice', `guess ${i}`), users)
  t.equal(comparisons, 5001)
  await check(basic('alice', 'right'), users)
  t.equal(comparisons, 5001)
})

t.test('compares off the main thread and lets only so many wait', async (t) => {
  await using comparer = createComparer()
  t.equal(await comparer.compare('sesame', ALICE), true)
  const slow = hashSync('sesame', 11)
  let worst = 0
  let last = performance.now()
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - last)
    last = performance.now()
  }, 1)
  const all = Array.from({ length: 30 }, (_, i) => comparer.compare(`guess ${i}`, slow))
  t.equal(all.filter((each) => each === undefined).length, 10)
  t.same(await Promise.all(all.slice(0, 3)), [false, false, false])
  clearInterval(timer)
  t.comment(`longest wait of the main thread: ${worst.toFixed(1)} ms`)
  t.ok(worst < 100)
  for (const each of all) each?.catch(() => {})
})

t.test('a flood of guesses is refused as busy, and the known password still gets in', async (t) => {
  const at = await folder(t, { 'web.yml': `basic_auth_users: { alice: ${hashSync('sesame', 9)} }` })
  const { address } = await started(t, { configFile: join(at, 'web.yml') })
  const ask = async (password: string) => {
    const headers = { authorization: basic('alice', password) }
    return (await fetch(`http://${address}/metrics`, { headers })).status
  }
  t.equal(await ask('sesame'), 200)
  const guesses = Array.from({ length: 60 }, (_, i) => ask(`guess ${i}`))
  await sleep(20)
  const begin = performance.now()
  t.equal(await ask('sesame'), 200)
  t.comment(`the known password took ${(performance.now() - begin).toFixed(1)} ms`)
  const statuses = new Set(await Promise.all(guesses))
  t.same([...statuses].sort(), [401, 503])
})
