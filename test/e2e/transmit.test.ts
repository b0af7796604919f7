// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import { command, type Finished, must } from '../support/command.ts'
import { differences } from '../support/compare.ts'
import { countingIn } from '../support/counting-in.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import type { Sums } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const TRANSMIT = 'TRANSMIT_'

/** What iperf3 sends, by its arguments. */
const LOADS = [
  ['TCP', ['-n', '30M']],
  ['TCP the other way', ['-R', '-n', '30M']],
  ['UDP', ['-u', '-b', '60M', '-n', '5M']],
  ['UDP the other way', ['-R', '-u', '-b', '60M', '-n', '5M']],
] as const

/** One end of a link, in a namespace where nothing else is sent. */
interface End {
  readonly namespace: string
  readonly device: string
  readonly address: string
}

const inside = ({ namespace }: End, file: string, ...args: readonly string[]): Promise<Finished> =>
  command('nsenter', [`--net=/run/netns/${namespace}`, file, ...args])

/** Makes a link whose ends are in namespaces of their own. */
async function ends(t: Test): Promise<readonly [End, End]> {
  const link = await network(t, { addressed: true })
  const { here = '', there = '' } = link.addresses ?? {}
  const namespace = `pktspot-${randomBytes(3).toString('hex')}`
  await must('ip', 'netns', 'add', namespace)
  t.teardown(() => must('ip', 'netns', 'delete', namespace))
  const near = { namespace, device: link.here, address: here }
  await must('ip', 'link', 'set', link.here, 'netns', namespace)
  await inside(near, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
  await inside(near, 'ip', 'address', 'add', `${here}/24`, 'dev', link.here)
  await inside(near, 'ip', 'link', 'set', link.here, 'up')
  return [near, { namespace: link.namespace, device: link.there, address: there }]
}

/** Has iperf3 at one end send to iperf3 at the other. */
async function send(t: Test, from: End, to: End, args: readonly string[]): Promise<void> {
  const server = inside(to, 'iperf3', '-s', '-1', '-B', to.address)
  for (let tries = 0; tries < 50; tries++) {
    if ((await inside(to, 'ss', '-Hltn')).stdout.includes(':5201')) break
    await sleep(100)
  }
  const { code, stdout, stderr } = await inside(from, 'iperf3', '-c', to.address, ...args)
  t.equal(code, 0, `iperf3 ${args.join(' ')} ${stderr}${code === 0 ? '' : stdout}`)
  await server
}

/** TCP segments of a namespace, as its own TCP counts them: /proc/net/snmp, RFC 4022. */
async function segments(end: End): Promise<{ in: number; out: number }> {
  const { stdout } = await inside(end, 'cat', '/proc/net/snmp')
  const rows = stdout.split('\n').filter((line) => line.startsWith('Tcp:'))
  const [names, values] = rows.map((line) => line.split(' '))
  const value = (name: string): number => Number(values?.[names?.indexOf(name) ?? -1])
  return { in: value('InSegs'), out: value('OutSegs') + value('RetransSegs') }
}

function since(now: Sums, before: Sums): Sums {
  const rises = Object.entries(now).map(([name, sum]) => [name, sum - (before[name] ?? 0)] as const)
  return Object.fromEntries(rises)
}

/** Sums of transmitted frames by the names that received ones have. */
function leaving(sums: Sums): Sums {
  const twins = Object.entries(sums).filter(([name]) => name.startsWith(TRANSMIT))
  return Object.fromEntries(twins.map(([name, sum]) => [name.slice(TRANSMIT.length), sum]))
}

/** What both ends count while one of these is sent. */
async function counted(
  t: Test,
  [near, far]: readonly [End, End],
  modes: readonly [LiveMode, LiveMode],
): Promise<(args: readonly string[]) => Promise<readonly [Rise, Rise]>> {
  const sums = [
    await countingIn(t, near.namespace, { device: near.device, mode: modes[0] }),
    await countingIn(t, far.namespace, { device: far.device, mode: modes[1] }),
  ] as const
  const look = async () =>
    [
      { sums: await sums[0](), segments: await segments(near) },
      { sums: await sums[1](), segments: await segments(far) },
    ] as const
  return async (args) => {
    const before = await look()
    await send(t, near, far, args)
    await sleep(300)
    const after = await look()
    return [riseOf(before[0], after[0]), riseOf(before[1], after[1])]
  }
}

interface State {
  readonly sums: Sums
  readonly segments: { readonly in: number; readonly out: number }
}

interface Rise extends State {
  readonly leaving: Sums
}

function riseOf(before: State, after: State): Rise {
  const sums = since(after.sums, before.sums)
  const { in: received, out } = before.segments
  const segments = { in: after.segments.in - received, out: after.segments.out - out }
  return { sums, leaving: leaving(sums), segments }
}

/** Everything that leaves one end arrives at the other, frame by frame as its TCP has it. */
function crosses(t: Test, what: string, from: Rise, to: Rise): void {
  const { TCP = 0, PKTS = 0 } = from.leaving
  t.same(
    differences((name) => to.sums[name], from.leaving),
    [],
    `${what}: all counters of what leaves are those of what arrives: ${PKTS} packets`,
  )
  t.equal(TCP, from.segments.out, `${what}: TCP packets are the segments that TCP sent`)
}

for (const mode of ['tcx', 'packet-socket'] as const) {
  t.test(`${mode}: what leaves one end arrives at the other`, { skip }, async (t) => {
    const link = await ends(t)
    const run = await counted(t, link, [mode, mode])
    for (const [what, args] of LOADS) {
      const [near, far] = await run(args)
      t.ok((near.leaving['PKTS'] ?? 0) + (far.leaving['PKTS'] ?? 0) > 3600, 'there are packets')
      crosses(t, what, near, far)
      crosses(t, `${what}, back`, far, near)
    }
  })
}

t.test('beside xdp-generic tcx counts what leaves', { skip }, async (t) => {
  const run = await counted(t, await ends(t), ['xdp-generic', 'tcx'])
  for (const [what, args] of LOADS.filter(([, args]) => !args.some((each) => each === '-R'))) {
    const [near, far] = await run(args)
    crosses(t, what, near, far)
  }
})

t.test('TCP that sends a frame at a time receives as many as it sends', { skip }, async (t) => {
  const link = await ends(t)
  for (const end of link) await inside(end, 'ip', 'link', 'set', end.device, 'gso_max_segs', '1')
  const [near, far] = await (await counted(t, link, ['tcx', 'tcx']))(['-n', '10M'])
  crosses(t, 'TCP', near, far)
  t.equal(near.leaving['TCP'], far.segments.in, 'InSegs, which trains of frames count once for')
  t.equal(far.leaving['TCP'], near.segments.in)
})
