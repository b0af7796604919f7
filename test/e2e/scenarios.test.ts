// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command } from '../support/command.ts'
import { compile } from '../support/compile.ts'
import { dropByTcx, foreignXdp, missingTools } from '../support/foreign.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { type Running, startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { fixtureSums, type Sums, scrapedSums, settled } from '../support/sums.ts'

const skip =
  missingPrivilege() ?? (await missingTools('clang', 'gcc', 'unshare', 'setarch')) ?? false

/** A place that a node may be, and where counting ends up there. */
interface Scenario {
  readonly name: string
  readonly mode: 'tcx' | 'packet-socket' | 'xdp-generic'
  /** What the one line in the log says after the mode. */
  readonly why?: RegExp
  readonly mtu?: number
  readonly args?: readonly string[]
  /** Changes the interface; gives words before the program's. */
  prepare?(t: Test, link: Network): Promise<readonly string[]>
}

/** Runs the program in a mount namespace of its own, where a command has hidden something. */
const hidden = (hide: string) => async (): Promise<readonly string[]> => [
  ...['unshare', '--mount', '--propagation=private'],
  ...['sh', '-c', `${hide} && exec "$@"`, 'sh'],
]

const none = async (): Promise<readonly string[]> => []

const scenarios: readonly Scenario[] = [
  { name: 'on an interface at MTU 9000', mode: 'tcx', mtu: 9000 },
  {
    name: 'on an interface at MTU 9000, asked for xdp-generic',
    mode: 'xdp-generic',
    mtu: 9000,
    args: ['--source', 'xdp-generic'],
  },
  {
    name: 'beside a foreign tcx program that drops',
    mode: 'tcx',
    prepare: async (t, { here }) => dropByTcx(t, here).then(none),
  },
  {
    name: 'beside a foreign XDP program',
    mode: 'tcx',
    prepare: async (t, { here }) => foreignXdp(t, here, 'xdpgeneric').then(none),
  },
  {
    name: 'beside a foreign XDP program, asked for xdp-generic',
    mode: 'tcx',
    args: ['--source', 'xdp-generic'],
    why: /\(xdp-generic: another program is attached there and stays\)$/,
    prepare: async (t, { here }) => foreignXdp(t, here, 'xdpgeneric').then(none),
  },
  {
    name: 'without bpffs',
    mode: 'tcx',
    prepare: hidden(
      'while umount --lazy /sys/fs/bpf 2> /dev/null; do :; done; ! grep -q " bpf " /proc/mounts',
    ),
  },
  {
    name: 'without BTF',
    mode: 'tcx',
    prepare: hidden('mount -t tmpfs none /sys/kernel/btf && test ! -e /sys/kernel/btf/vmlinux'),
  },
  {
    name: 'where the kernel knows no tcx link',
    mode: 'xdp-generic',
    why: /\(tcx: not attached: BPF_LINK_CREATE: EINVAL [^;]*\)$/,
    prepare: async (t) => [await compile(t, 'test/support/without-tcx.c')],
  },
  {
    name: 'where bpf(2) is refused',
    mode: 'packet-socket',
    why: /\(tcx: not loaded: [^;]*EPERM[^;]*; xdp-generic: not loaded: [^;]*EPERM[^;]*\)$/,
    prepare: async (t) => [await compile(t, 'test/support/without-tcx.c'), '--no-bpf'],
  },
]

async function counted(running: Running, { here }: Network, packets: number): Promise<Sums> {
  return settled(async () => scrapedSums(await running.scrape(), here), packets)
}

/** The lines that say how packets are counted. */
function said({ log }: Running): string[] {
  const lines = log.filter((line) => line.includes('counting packets on'))
  return lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
}

const sums = fixtureSums()
const packets = sums['PKTS'] ?? 0

for (const { name, mode, why = /$/, mtu, args = [], prepare = none } of scenarios) {
  t.test(`${name} it counts by ${mode}`, { skip }, async (t) => {
    const link = await network(t, mtu === undefined ? {} : { mtu })
    const prefix = await prepare(t, link)
    const running = await startRun(t, ['-i', link.here, ...args], { prefix })
    const sent = await link.send(FIXTURE, { perSecond: 5000 })
    t.same(sent, { packets, refused: 0 })
    t.same(await counted(running, link, packets), sums, 'exactly')
    const lines = said(running)
    t.equal(lines.length, 1, 'one line says so')
    t.match(
      lines[0],
      new RegExp(`^counting packets on ${link.here} by ${mode}${why.source === '$' ? '$' : ' '}`),
    )
    t.match(lines[0], why, 'and why')
    const info = { interface: link.here }
    t.equal(sample(await running.scrape(), 'pktspot_source_info', { ...info, mode }), 1)
    t.same(await running.stop(), { code: 0, signal: null })
  })
}

for (const mode of ['tcx', 'packet-socket'] as const) {
  t.test(`two programs count one interface by ${mode}, each exactly`, { skip }, async (t) => {
    const link = await network(t)
    const args = ['-i', link.here, '--source', mode]
    const first = await startRun(t, args)
    const second = await startRun(t, args)
    await link.send(FIXTURE, { perSecond: 5000 })
    for (const running of [first, second]) {
      t.same(await counted(running, link, packets), sums)
      t.equal(said(running).length, 1)
      t.equal(sample(await running.scrape(), 'pktspot_source_info', { mode }), 1)
    }
    t.same(await first.stop(), { code: 0, signal: null })
    await link.send(FIXTURE, { perSecond: 5000 })
    t.same(
      await counted(second, link, 2 * packets),
      fixtureSums(2),
      'one goes on without the other',
    )
  })
}

t.test('a second program that wants generic XDP counts beside the first', { skip }, async (t) => {
  const link = await network(t)
  const args = ['-i', link.here, '--source', 'xdp-generic']
  const first = await startRun(t, args)
  const second = await startRun(t, args)
  await link.send(FIXTURE, { perSecond: 5000 })
  for (const running of [first, second]) t.same(await counted(running, link, packets), sums)
  t.match(said(second)[0], / by tcx \(xdp-generic: another program is attached there and stays\)$/)
  t.same([said(first).length, said(second).length], [1, 1])
})

t.test('on a kernel too old for any mode one line says what each needs', { skip }, async (t) => {
  const { here } = await network(t)
  const args = ['--uname-2.6', process.execPath, program, 'run', '-i', here]
  const { code, stdout, stderr } = await command('setarch', args)
  t.same([code, stdout], [1, ''])
  const needs =
    'tcx needs Linux 6.6 or later; xdp-generic needs Linux 5.15 or later; packet-socket needs Linux 4.20 or later'
  const told = `pktspot: ${here}: packets cannot be counted here: ${needs}. See pktspot preflight.\n`
  t.equal(stderr, told)
})
