// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { packageRoot } from '../support/root.ts'

const cwd = packageRoot
const skip = process.getuid?.() === 0 ? false : 'needs root'

/* All processes below one, by the kernel's own account. */
function descendants(of: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])] as const]
      } catch {
        return []
      }
    })
  const children = parents.filter(([, parent]) => parent === of).map(([pid]) => pid)
  return [...children, ...children.flatMap(descendants)]
}

async function saying(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk)
    if (said.includes(text)) return
  }
  throw new Error(`ended without saying ${text}: ${said}`)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`npm start ends with ${signal} and leaves nobody behind`, { skip }, async (t) => {
    const flags = ['-i', 'lo', '--web.listen-address', '127.0.0.1:0', '--log-level', 'info']
    const npm = spawn('npm', ['start', '--', ...flags], {
      cwd,
      env: { ...process.env, PKTSPOT_STATE_DIRECTORY: 'null' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    t.teardown(() => npm.kill('SIGKILL'))
    await saying(npm, '127.0.0.1:')
    const pids = descendants(npm.pid ?? 0)
    t.equal(pids.length, 1, 'no shell and no second Node between npm and the program')
    npm.stderr?.resume()
    npm.kill(signal)
    await once(npm, 'exit')
    t.same(
      pids.filter((pid) => existsSync(`/proc/${pid}`)),
      [],
    )
  })
}

t.test('without the right to count, start replays the bundled capture', { skip }, async (t) => {
  const { status, stdout, stderr } = spawnSync(
    'setpriv',
    ['--bounding-set=-all', '--inh-caps=-all', process.execPath, 'scripts/start.mjs'],
    { cwd, encoding: 'utf8' },
  )
  t.equal(status, 0, stderr)
  t.match(stderr, 'replaying the bundled capture')
  t.match(stderr, 'sudo npm start')
  t.match(stdout, 'R_SYN')
})
