// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { type LiveMode, MODES } from '../../src/capture/modes.ts'
import type { Possibility } from '../../src/capture/preflight.ts'
import { command, type Finished } from '../support/command.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { missingCap } from '../support/modes.ts'
import { network } from '../support/netns.ts'
import { asNobody, type Capability, KERNEL, publicProgram } from '../support/nobody.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'

const skip = missingPrivilege() ?? false
const modes = Object.keys(MODES) as LiveMode[]
const main = skip ? program : join(await publicProgram(t), 'main.js')

function preflight(...args: readonly string[]): Promise<Finished> {
  return command(process.execPath, [program, 'preflight', ...args])
}

function asNobodyWith(
  capabilities: readonly Capability[],
  ...args: readonly string[]
): Promise<Finished> {
  const [file, ...rest] = asNobody(capabilities)
  return command(file, [...rest, process.execPath, main, 'preflight', ...args])
}

/** Words of each interface's rows: name, mode, yes or no, note. */
function rows(stdout: string): string[][] {
  const [, table = ''] = stdout.split(/^interface .*\n/m)
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
}

t.test('preflight finds every mode possible for root', { skip }, async (t) => {
  const { here } = await network(t)
  const before = await bpfObjects()
  const { code, stdout, stderr } = await preflight('-i', here)
  t.equal(code, 0)
  t.equal(stderr, '')
  t.same(
    rows(stdout).map((row) => row.slice(0, 3)),
    modes.map((mode) => [here, mode, mode === 'libpcap' && missingCap() ? 'no' : 'yes']),
  )
  t.match(stdout, /^kernel .*, \d+ possible CPUs; capabilities: .*CAP_BPF/)
  t.match(stdout, /^tables: \d+ bytes an interface, HyperLogLog p=\d+$/m)
  t.match(stdout, /^groups: \d+ bytes an interface for [1-9]\d*$/m)
  t.same(await leftovers(before), [], 'and leaves nothing behind')
})

t.test('preflight tells each interface apart, as JSON too', { skip }, async (t) => {
  const [one, two] = [await network(t), await network(t)]
  const { stdout } = await preflight('-i', one.here, '-i', two.here, '--json')
  const { interfaces } = JSON.parse(stdout) as {
    interfaces: { name: string; modes: Possibility[] }[]
  }
  t.same(
    interfaces.map(({ name }) => name),
    [one.here, two.here],
  )
  for (const { modes: found } of interfaces) {
    t.same(
      found.map(({ mode, possible }) => [mode, possible]),
      modes.map((mode) => [mode, mode !== 'libpcap' || !missingCap()]),
    )
  }
})

t.test('preflight names what nobody lacks for each mode', { skip }, async (t) => {
  const { here } = await network(t)
  const { code, stdout, stderr } = await asNobodyWith([], '-i', here)
  t.equal(code, 1)
  t.equal(stderr, '')
  t.match(stdout, 'capabilities: none')
  t.same(rows(stdout), [
    [here, 'tcx', 'no', 'needs CAP_BPF and CAP_NET_ADMIN and CAP_PERFMON'],
    [here, 'xdp', 'no', 'needs CAP_BPF and CAP_NET_ADMIN and CAP_PERFMON'],
    [here, 'xdp-generic', 'no', 'needs CAP_BPF and CAP_NET_ADMIN and CAP_PERFMON'],
    [here, 'packet-socket', 'no', 'needs CAP_NET_RAW'],
    [here, 'libpcap', 'no', 'needs CAP_NET_RAW'],
  ])
})

t.test('preflight is content when one mode is possible', { skip }, async (t) => {
  const { here } = await network(t)
  const { code, stdout } = await asNobodyWith(KERNEL, '-i', here)
  t.equal(code, 0)
  t.same(
    rows(stdout).map((row) => row[2]),
    ['yes', 'yes', 'yes', 'no', 'no'],
  )
})

t.test('preflight refuses an interface that is not there', async (t) => {
  const { code, stdout, stderr } = await preflight('-i', 'nothere0')
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /^pktspot: nothere0: no such interface .*; there are .*\blo\b.*\.\n$/)
})
