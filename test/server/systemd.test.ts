// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { link } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { systemdSockets } from '../../src/server/systemd.ts'
import { command } from '../support/command.ts'
import { folder } from './started.ts'

/** A program that serves on the sockets that it was passed, as run does. */
const PROGRAM = `
const { createServer } = await import(process.argv[1] + '/src/server/server.js')
const { systemdSockets } = await import(process.argv[1] + '/src/server/systemd.js')
const { createLatest } = await import(process.argv[1] + '/src/exporters/latest.js')
const sockets = systemdSockets({ ...process.env, LISTEN_PID: String(process.pid) }, process.pid)
const server = await createServer({
  addresses: [], sockets, telemetryPath: '/metrics', version: '1', warn: console.error,
  metrics: { render: async () => ({ type: 'text/plain', body: 'metric 1\\n' }) },
  latest: createLatest({ sources: [], statistics: [], base: 1, periods: [1] }),
})
console.log(JSON.stringify(server.addresses))
`

t.test('serves on the sockets that systemd passes', async (t) => {
  const at = await folder(t)
  const tcp = await listening(t, { port: 0, host: '127.0.0.1' })
  const path = join(at, 'web.sock')
  const local = await listening(t, { path })
  const root = new URL('../..', import.meta.url).pathname
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, root], {
    env: { ...process.env, LISTEN_FDS: '2' },
    stdio: ['ignore', 'pipe', 'inherit', fdOf(tcp), fdOf(local)],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')
  const bound = tcp.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  t.same(JSON.parse(line), [`127.0.0.1:${port}`, 'a socket of the file system'])
  /* only the child accepts from here on; closing takes the path away */
  await link(path, `${path}.kept`)
  tcp.close()
  local.close()
  const { stdout } = await command('curl', ['-sS', `http://127.0.0.1:${port}/metrics`])
  t.equal(stdout, 'metric 1\n')
  const args = ['-sS', '--unix-socket', `${path}.kept`, 'http://any.name/metrics']
  const unix = await command('curl', args, { timeout: 5_000 })
  t.equal(unix.stdout, 'metric 1\n')
})

t.test('says so when systemd passed nothing, or to another process', (t) => {
  const refused = { code: 'LISTEN', message: /systemd passed no socket/ }
  t.throws(() => systemdSockets({}, 7), refused)
  t.throws(() => systemdSockets({ LISTEN_FDS: '1', LISTEN_PID: '8' }, 7), refused)
  t.throws(() => systemdSockets({ LISTEN_FDS: '0', LISTEN_PID: '7' }, 7), refused)
  t.throws(() => systemdSockets({ LISTEN_FDS: 'x', LISTEN_PID: '7' }, 7), refused)
  t.same(systemdSockets({ LISTEN_FDS: '2', LISTEN_PID: '7' }, 7), [3, 4])
  t.end()
})

async function listening(t: Test, where: { port: number; host: string } | { path: string }) {
  const server = createServer().listen(where)
  await once(server, 'listening')
  t.teardown(() => server.close())
  return server
}

/* nothing that is documented tells it */
function fdOf(server: Server): number {
  const { _handle: handle } = server as unknown as { _handle: { fd: number } }
  return handle.fd
}
