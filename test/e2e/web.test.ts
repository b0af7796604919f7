// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const skip = missingPrivilege() ?? false

t.test('loses no packet to clients that misbehave', { skip, timeout: 60_000 }, async (t) => {
  const link = await network(t)
  const running = await startRun(t, ['-i', link.here])
  const port = Number(running.address.replace(/^.*:/, ''))
  const sockets: Socket[] = []
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  const dial = (bytes = ''): void => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {}).resume()
    if (bytes !== '') socket.write(bytes)
    sockets.push(socket)
  }
  const sending = link.send(FIXTURE, { loop: 4, perSecond: 1000 })
  for (let i = 0; i < 2_000; i++) dial()
  for (let i = 0; i < 200; i++) dial('GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  for (let i = 0; i < 5; i++) dial(`GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(2 ** 20)}\r\n\r\n`)
  const scrapes = await Promise.all(Array.from({ length: 100 }, () => running.get('/metrics')))
  t.ok(scrapes.filter(({ status }) => status === 200).length >= 40)
  t.equal((await running.get('/-/healthy')).status, 200)
  const { packets } = await sending
  /* what was sent last may still be on its way through the kernel's counters */
  let counted: number | undefined
  for (let i = 0; i < 50 && counted !== packets; i++) {
    const scrape = await running.scrape()
    counted = sample(scrape, 'pktspot_receive_packets_total', { interface: link.here })
  }
  t.equal(counted, packets)
})

t.test(
  'a web configuration rules the running program from request to request',
  { skip },
  async (t) => {
    const { here } = await network(t)
    const at = await mkdtemp(join(tmpdir(), 'pktspot-web-'))
    t.teardown(() => rm(at, { recursive: true }))
    const path = join(at, 'web.yml')
    await writeFile(path, 'http_server_config: { headers: { X-XSS-Protection: "0" } }\n')
    const running = await startRun(t, ['-i', here, '--web.config.file', path])
    t.equal((await running.get('/metrics')).headers.get('x-xss-protection'), '0')
    const hash = '$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG'
    await writeFile(path, `basic_auth_users: { alice: ${hash} }\n`)
    t.equal((await running.get('/metrics')).status, 401)
    await writeFile(path, 'basic_auth_users: { alice: sesame }\n')
    t.equal((await running.get('/metrics')).status, 500)
    const told = (): boolean =>
      /web\.yml:1:28: basic_auth_users\.alice: got something else/.test(running.log.join('\n'))
    for (const end = Date.now() + 2_000; !told() && Date.now() < end; ) await sleep(20)
    t.ok(told())
    t.notMatch(running.log.join('\n'), 'sesame')
    await writeFile(path, '')
    t.equal((await running.get('/metrics')).status, 200)
  },
)

t.test('reloading is refused unless it is set', { skip }, async (t) => {
  const { here } = await network(t)
  const running = await startRun(t, ['-i', here])
  const answer = await fetch(`http://${running.address}/-/reload`, { method: 'POST' })
  t.match(
    { status: answer.status, text: await answer.text() },
    { status: 403, text: /web\.reload/ },
  )
})
