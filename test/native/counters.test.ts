// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { type Addon, type Handle, HOOK } from '../../src/native/binding.ts'
import { command, type Finished, must } from '../support/command.ts'
import { missingTools } from '../support/foreign.ts'
import { network } from '../support/netns.ts'
import { ethernet, FLAG, ipv4, ipv6, PROTOCOL, TYPE, tcp, udp } from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { packageRoot, program } from '../support/root.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'

const compilers = (await missingTools('clang', 'gcc')) ?? false
const kernel = compilers || (missingPrivilege() ?? false)
const platform = `${process.platform}-${process.arch}`

const COUNTER = {
  file: 'tcp_to_https.h',
  line: 'SUM(TO_HTTPS, tcp, "TCP segments to port 443", tcp->ports_known && tcp->destination == 443)\n',
}
const HTTPS = 3
const FRAMES = [
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(40_000, 443, FLAG.syn))),
  ethernet(TYPE.ipv6, ipv6(PROTOCOL.tcp, tcp(40_001, 443, FLAG.ack))),
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(40_002, 443, FLAG.ack))),
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(443, 40_000, FLAG.ack))),
  ethernet(TYPE.ipv4, ipv4(PROTOCOL.udp, udp(40_000, 443))),
]

interface Copy {
  /** A package folder with an addon of its own; neither TypeScript nor a list is changed in it. */
  readonly folder: string
  readonly built: Finished
}

/** Builds the addon from a copy of the native sources with one file more. */
async function buildWith(t: Test, file: string, line: string): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-counter-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const native = join(folder, 'native')
  for (const part of ['core', 'bpf', 'addon']) {
    await cp(join(packageRoot, 'native', part), join(native, part), { recursive: true })
  }
  await writeFile(join(native, 'core/counters', file), line)
  const script = join(packageRoot, 'scripts/native/build.mjs')
  const folders = ['--native', native, '--out', join(folder, 'prebuilds')]
  return { folder, built: await command(process.execPath, [script, ...folders]) }
}

function load({ folder }: Copy): Addon {
  return createRequire(import.meta.url)(
    join(folder, 'prebuilds', platform, 'pktspot.node'),
  ) as Addon
}

/** Value of the new counter, found by the catalog alone. */
function counted(addon: Addon, handle: Handle): number {
  const { slots, clocks } = addon.sizes(14)
  const into = new BigUint64Array(slots)
  addon.look(handle, into, new BigUint64Array(clocks), new BigUint64Array(1))
  const found = addon.catalog().find(({ name }) => name === 'TO_HTTPS')
  return found ? Number(into[found.index]) : Number.NaN
}

/** The compiled program beside the copy's addon. */
async function programOf({ folder }: Copy): Promise<string> {
  await cp(join(packageRoot, 'package.json'), join(folder, 'package.json'))
  await cp(dirname(program), join(folder, 'dist'), { recursive: true })
  await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'dist/main.js')
}

t.test(
  'a counter of one file is everywhere without another edit',
  { skip: compilers },
  async (t) => {
    const copy = await buildWith(t, COUNTER.file, COUNTER.line)
    t.equal(copy.built.code, 0, copy.built.stderr)

    await t.test('in the catalog', async (t) => {
      const entry = load(copy)
        .catalog()
        .find(({ name }) => name === 'TO_HTTPS')
      t.match(entry, {
        layer: 'tcp',
        kind: 'sum',
        unit: 'packets',
        help: 'TCP segments to port 443',
      })
    })

    await t.test('in user space', async (t) => {
      const addon = load(copy)
      const handle = addon.openFrames(1, 14, 1n)
      for (const frame of FRAMES) addon.countFrame(handle, 0, frame, frame.length, 0, 0)
      t.equal(counted(addon, handle), HTTPS)
      addon.close(handle)
    })

    await t.test('in the kernel', { skip: kernel }, async (t) => {
      const addon = load(copy)
      for (const hook of ['xdp', 'tcx'] as const) {
        const handle = addon.openKernel(HOOK[hook], possibleCpus(), 14, 1n, false, false)
        for (const frame of FRAMES) addon.testKernel(handle, frame, 1)
        t.equal(counted(addon, handle), HTTPS, hook)
        addon.close(handle)
      }
    })

    await t.test('in the list of counters', async (t) => {
      const main = await programOf(copy)
      t.match(await must(process.execPath, main, 'list', 'counters'), /^TO_HTTPS\b.*to port 443/m)
    })

    await t.test('in the metrics', { skip: kernel }, async (t) => {
      const file = join(copy.folder, 'frames.pcap')
      await writeFile(file, pcap(FRAMES.map((data) => ({ at: 0n, data }))))
      for (const mode of ['tcx', 'packet-socket']) {
        const link = await network(t)
        const main = join(copy.folder, 'dist/main.js')
        const running = await startRun(t, ['-i', link.here, '--source', mode], { main })
        await link.send(file, { loop: 10 })
        const metric = 'pktspot_receive_to_https_packets_total'
        for (let tries = 0; tries < 20; tries++) {
          if (sample(await running.scrape(), metric) === 10 * HTTPS) break
        }
        t.equal(sample(await running.scrape(), metric), 10 * HTTPS, mode)
        t.match(
          await (await running.get('/metrics')).text(),
          `# HELP ${metric} TCP segments to port 443`,
        )
        await running.stop()
      }
    })
  },
)

t.test(
  'a counter that reaches outside its layer does not compile',
  { skip: compilers },
  async (t) => {
    const line = 'SUM(BAD, tcp, "TCP segments of old packets", ip->ttl)\n'
    const { built } = await buildWith(t, 'tcp_bad.h', line)
    t.not(built.code, 0)
    t.match(built.stderr, /tcp_bad\.h:1:\d+: error: use of undeclared identifier 'ip'/)
  },
)

t.test('a counter in no known layer is refused by its file name', async (t) => {
  const { built } = await buildWith(t, 'quic_frames.h', 'SUM(QUIC, quic, "QUIC frames", 1)\n')
  t.not(built.code, 0)
  t.match(
    built.stderr,
    'native/core/counters/quic_frames.h: name it <layer>_<counter>.h; layers: pkt arp',
  )
})
