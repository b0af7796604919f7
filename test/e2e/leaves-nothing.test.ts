// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { loadAddon } from '../../src/native/binding.ts'
import { command } from '../support/command.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { type Network, network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'
import { startRun } from '../support/running.ts'

const skip = missingPrivilege() ?? false
const MODES = ['xdp', 'xdp-generic', 'tcx', 'packet-socket'] as const

type Mode = (typeof MODES)[number]

/** Objects of ours that the kernel lists: what must be gone afterwards. */
const HELD: Readonly<Record<Mode, readonly RegExp[]>> = {
  xdp: [/^link \d+ xdp/, /^prog \d+ xdp pktspot/, /^map \d+ array pktspot_tables/],
  'xdp-generic': [/^link \d+ xdp/, /^prog \d+ xdp pktspot/, /^map \d+ array pktspot_tables/],
  tcx: [/^link \d+ /, /^prog \d+ sched_cls pktspot/, /^map \d+ array pktspot_tables/],
  'packet-socket': [],
}

/** Packet sockets bound to an interface (proc(5), net/packet). */
async function packetSockets({ here }: Network): Promise<number> {
  const index = loadAddon().interfaceIndex(here)
  const rows = (await readFile('/proc/self/net/packet', 'utf8')).trim().split('\n').slice(1)
  return rows.filter((row) => Number(row.trim().split(/\s+/)[4]) === index).length
}

async function temporary(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-thrown-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

/** Checks that the kernel lists what the mode holds. */
async function holding(t: Test, mode: Mode, before: ReadonlySet<string>): Promise<void> {
  const objects = [...(await bpfObjects())].filter((object) => !before.has(object))
  for (const wanted of HELD[mode])
    t.ok(
      objects.some((object) => wanted.test(object)),
      `${wanted}`,
    )
}

for (const mode of MODES) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    t.test(`${mode} leaves nothing after ${signal}`, { skip }, async (t) => {
      const link = await network(t)
      const before = await bpfObjects()
      const running = await startRun(t, ['-i', link.here, '--source', mode])
      await holding(t, mode, before)
      /* one for each direction */
      t.equal(await packetSockets(link), mode === 'packet-socket' ? 2 : 0)
      const expected = signal === 'SIGKILL' ? { code: null, signal } : { code: 0, signal: null }
      t.same(await running.stop(signal), expected)
      t.same(await leftovers(before), [])
      t.equal(await packetSockets(link), 0)
    })
  }

  t.test(`${mode} leaves nothing after an exception inside the program`, { skip }, async (t) => {
    const link = await network(t)
    const thrower = join(await temporary(t), 'thrower.mjs')
    await writeFile(thrower, `process.on('SIGUSR2', () => { throw new Error('thrown inside') })\n`)
    const before = await bpfObjects()
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(thrower)}` }
    const running = await startRun(t, ['-i', link.here, '--source', mode], { env })
    await holding(t, mode, before)
    t.same(await running.stop('SIGUSR2'), { code: 1, signal: null })
    t.match(running.log.join('\n'), /thrown inside/)
    t.same(await leftovers(before), [])
    t.equal(await packetSockets(link), 0)
  })

  t.test(`${mode} leaves nothing after an exception beside an open source`, { skip }, async (t) => {
    const link = await network(t)
    const script = join(await temporary(t), 'throws.mjs')
    const open = pathToFileURL(join(program, '../capture/open.js'))
    const options = JSON.stringify({ source: mode, budgetBytes: 2 ** 25 })
    await writeFile(
      script,
      `import { openInterface } from ${JSON.stringify(open)}
       const { source } = await openInterface('${link.here}', ${options})
       process.stdout.write(source.mode)
       throw new Error('thrown beside')`,
    )
    const before = await bpfObjects()
    const { code, stdout, stderr } = await command(process.execPath, [script])
    t.equal(stdout, mode, 'the source was open')
    t.equal(code, 1)
    t.match(stderr, /thrown beside/)
    t.same(await leftovers(before), [])
    t.equal(await packetSockets(link), 0)
  })

  t.test(`${mode} leaves nothing when the address to listen on is taken`, { skip }, async (t) => {
    const link = await network(t)
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    t.teardown(() => taken.close())
    const { port } = taken.address() as AddressInfo
    const before = await bpfObjects()
    const args = ['-i', link.here, '--source', mode, '--web.listen-address', `127.0.0.1:${port}`]
    const { code, stderr } = await command(process.execPath, [program, 'run', ...args])
    t.equal(code, 1)
    t.match(stderr, `counting packets on ${link.here} by ${mode}`, 'the source was open')
    t.match(stderr, new RegExp(`^pktspot: .*127.0.0.1:${port}`, 'm'))
    t.same(await leftovers(before), [])
  })
}
