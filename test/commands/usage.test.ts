// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readdir, readFile, readlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { version } from '../../src/commands/version.ts'
import { pktspot, type Spawned, start } from './spawned.ts'

t.test('a misused command line ends with 2, one line, and what was meant', async (t) => {
  const cases: [string, RegExp][] = [
    ['rnu', /unknown command 'rnu' \(Did you mean run\?\)/],
    ['frobnicate', /unknown command 'frobnicate'; see/],
    ['run eth0', /run takes no arguments; got 'eth0'/],
    ['--sorce xdp', /unknown option '--sorce' \(Did you mean --source\?\)/],
    ['run --totals', /unknown option '--totals'/],
    ['-i', /option '-i, --interface <name>' argument missing/],
    ['replay', /missing required argument 'file'/],
    [
      'replay --format csv x',
      /argument 'csv' is invalid. Allowed choices are ndjson, table, openmetrics; see/,
    ],
    ['replay --source xdp x', /unknown option '--source'/],
    ['replay --stats R_SYN,,R_IP x', /A name is empty/],
    ['replay --stats R_SIN x', /no statistic is named R_SIN; did you mean R_SYN\?/],
    ['list', /missing required argument 'what'/],
    ['list things', /Allowed choices are counters, statistics, groups, fields, vartypes, interf/],
    ['list fields --well-known', /--well-known is of use only with groups/],
    ['check', /missing required argument 'file'/],
    ['check a b', /too many arguments/],
    ['config extra', /too many arguments/],
  ]
  for (const [line, message] of cases) {
    const { code, stdout, stderr } = await pktspot(line.split(' '))
    t.equal(code, 2, line)
    t.equal(stdout, '', line)
    t.match(stderr, message, line)
    t.match(stderr, /^pktspot: .*; see pktspot (--help|list statistics)\n$/, line)
    t.equal(stderr.split('\n').length, 2, line)
  }
})

t.test('--help and --version go to standard output and end with 0', async (t) => {
  const help = await pktspot(['--help'])
  t.match(help, { code: 0, stderr: '' })
  for (const command of ['run', 'replay', 'list', 'check', 'config', 'preflight', 'spot']) {
    t.match(help.stdout, new RegExp(`^ {2}${command} `, 'm'))
    t.match(await pktspot([command, '--help']), {
      code: 0,
      stdout: `pktspot ${command}`,
      stderr: '',
    })
  }
  const manifest: unknown = JSON.parse(await readFile(join(root(), 'package.json'), 'utf8'))
  t.match(manifest, { name: 'pktspot', version: version() })
  t.strictSame(await pktspot(['--version']), { code: 0, stdout: `${version()}\n`, stderr: '' })
})

t.test('run is the default command, and its flags are taken', async (t) => {
  const flags = '-i eth0 -i eth1 --source tcx --period 7 --web.listen-address :x --log-level info'
  for (const args of [flags, `run ${flags}`]) {
    const { code, stderr } = await pktspot([...args.split(' '), '--web.telemetry-path', '/m'])
    t.equal(code, 78)
    t.match(stderr, /^pktspot: --period: period: got "7".*\npktspot: --web.listen-address: .*\n$/)
  }
})

t.test('one signal lets the program end with 0, a second ends it at once', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const patient = await waiting(t.testdir({}))
    patient.child.kill(signal)
    await setTimeout(200)
    t.notOk(hasEnded(patient), 'the command itself decides when it is done')
    await patient.finish()
    t.match(await patient.ended, { code: 0, stderr: '' })

    const impatient = await waiting(t.testdir({}))
    impatient.child.kill(signal)
    await setTimeout(200)
    impatient.child.kill(signal)
    await impatient.ended
    t.equal(impatient.child.signalCode, signal, 'shells make 130 and 143 of it')
    await impatient.finish()
  }
})

t.test('an exception nobody caught is shown with its stack and ends with 1', async (t) => {
  const code = 'process.once("SIGUSR2", () => { throw new Error("boom") })'
  const broken = await waiting(t.testdir({}), [`--import=data:text/javascript,${code}`])
  broken.child.kill('SIGUSR2')
  await setTimeout(200)
  t.notOk(hasEnded(broken), 'the command gets time to release what it opened')
  await broken.finish()
  t.match(await broken.ended, { code: 1, stderr: /this is a bug: Error: boom\n +at / })
})

t.test('a reader that goes away ends the program quietly with 0', async (t) => {
  const unread = await waiting(t.testdir({}))
  unread.child.stdout?.destroy()
  await unread.finish()
  await once(unread.child, 'exit')
  t.equal(unread.child.exitCode, 0)
  t.equal(unread.child.stderr?.read(), null)
})

t.test('a full disk under standard output is one line and 1', async (t) => {
  const full = await open('/dev/full', 'w')
  t.teardown(() => full.close())
  const { code, stderr } = await start(['config'], {}, [], full.fd).ended
  t.equal(code, 1)
  t.match(stderr, /^pktspot: standard output cannot be written: ENOSPC[^\n]*\n$/)
})

/** Finds the package's root above the compiled tests. */
function root(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** Starts a check that waits at a pipe until `finish` closes the other end. */
async function waiting(folder: string, node: readonly string[] = []) {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const writer = await open(pipe, 'r+')
  const running = start(['check', pipe], {}, node)
  while (!(await hasOpen(running.child.pid, pipe))) await setTimeout(20)
  return { ...running, finish: () => writer.close() }
}

async function hasOpen(pid: number | undefined, path: string): Promise<boolean> {
  const links = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = links.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))
  return (await Promise.all(targets)).includes(path)
}

function hasEnded({ child }: Spawned): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
