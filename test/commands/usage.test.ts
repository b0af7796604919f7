// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { version } from '../../src/commands/version.ts'
import { pktspot, start } from './spawned.ts'

t.test('a misused command line ends with 2, one line, and what was meant', async (t) => {
  const cases: [string, RegExp][] = [
    ['rnu', /unknown command 'rnu' \(Did you mean run\?\)/],
    ['frobnicate', /unknown command 'frobnicate'; see/],
    ['run eth0', /run takes no arguments; got 'eth0'/],
    ['--sorce xdp', /unknown option '--sorce' \(Did you mean --source\?\)/],
    ['run --totals', /unknown option '--totals'/],
    ['-i', /option '-i, --interface <name>' argument missing/],
    ['replay', /missing required argument 'file'/],
    ['replay --format csv x', /argument 'csv' is invalid. Allowed choices are ndjson, table; see/],
    ['replay --source xdp x', /unknown option '--source'/],
    ['replay --stats R_SYN,,R_IP x', /A name is empty/],
    ['replay --stats R_SIN x', /no statistic is named "R_SIN"; did you mean R_SYN\?/],
    ['list', /missing required argument 'what'/],
    ['list groups', /Allowed choices are counters, statistics, interfaces/],
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
  for (const command of ['run', 'replay', 'list', 'check', 'config', 'preflight']) {
    t.match(help.stdout, new RegExp(`^ {2}${command} `, 'm'))
    t.match(await pktspot([command, '--help']), {
      code: 0,
      stdout: `pktspot ${command}`,
      stderr: '',
    })
  }
  const manifest = JSON.parse(readFileSync(`${process.cwd()}/package.json`, 'utf8')).version
  t.strictSame(await pktspot(['--version']), { code: 0, stdout: `${manifest}\n`, stderr: '' })
  t.equal(version(), manifest)
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
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const patient = waiting()
    await patient.ready
    patient.child.kill(signal)
    patient.child.stdin?.end()
    t.match(await patient.ended, { code: 0, stderr: '' })

    const impatient = waiting()
    await impatient.ready
    impatient.child.kill(signal)
    await new Promise((resolve) => setTimeout(resolve, 200))
    t.equal(impatient.child.exitCode, null)
    impatient.child.kill(signal)
    t.equal((await impatient.ended).code, code)
  }
})

t.test('an exception nobody caught is shown with its stack and ends with 1', async (t) => {
  const code = 'process.once("SIGUSR2", () => { throw new Error("boom") })'
  const { child, ready, ended } = waiting([`--import=data:text/javascript,${code}`])
  await ready
  child.kill('SIGUSR2')
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.equal(child.exitCode, null, 'the command gets time to end')
  child.stdin?.end()
  t.match(await ended, { code: 1, stderr: /Error: boom\n +at / })
})

t.test('a reader that goes away ends the program quietly with 0', async (t) => {
  const { child, ready, ended } = waiting()
  await ready
  child.stdout?.destroy()
  await once(child.stdout ?? child, 'close')
  child.stdin?.end()
  await once(child, 'exit')
  t.equal(child.exitCode, 0)
  await ended.catch(() => undefined)
})

/** Starts a check that waits for its standard input. */
function waiting(node: readonly string[] = []) {
  const running = start(['check', '/dev/stdin'], {}, node)
  const ready = new Promise((resolve) => setTimeout(resolve, 1000))
  return { ...running, ready }
}
