// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { type Handle, HOOK, loadAddon } from '../../src/native/binding.ts'
import { command, type Finished } from '../support/command.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { program } from '../support/root.ts'

const privileged = missingPrivilege() ?? false
const addon = loadAddon()
const sizes = addon.sizes(14)

/** Arrays of a reading. */
function arrays(): [BigUint64Array, BigUint64Array, BigUint64Array, Float64Array, Uint8Array] {
  const [slots, clocks] = [new BigUint64Array(sizes.slots), new BigUint64Array(sizes.clocks)]
  const [distinct, sketches] = [new Float64Array(sizes.distinct), new Uint8Array(sizes.epochBytes)]
  return [slots, clocks, new BigUint64Array(1), distinct, sketches]
}

function look(handle: Handle): void {
  const [slots, clocks, lost] = arrays()
  addon.look(handle, slots, clocks, lost)
}

/** What every child script begins with; `files` counts descriptors of sockets and BPF objects of its process. */
const PRELUDE = `
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker, isMainThread } from 'node:worker_threads'
import { HOOK, loadAddon } from ${JSON.stringify(pathToFileURL(join(program, '../native/binding.js')))}
const addon = loadAddon()
const sizes = addon.sizes(14)
const arrays = (bits = 14) => [new BigUint64Array(sizes.slots), new BigUint64Array(sizes.clocks),
  new BigUint64Array(1), new Float64Array(sizes.distinct),
  new Uint8Array(addon.sizes(bits).epochBytes)]
const frame = new Uint8Array(60)
function files() {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try { return readlinkSync('/proc/self/fd/' + fd) } catch { return '' }
  })
  return links.filter((link) => /bpf|socket:|eventfd/.test(link)).length
}
`

/** Runs a script beside the compiled addon binding in a process of its own. */
async function child(t: Test, body: string, ...flags: readonly string[]): Promise<Finished> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-addon-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const script = join(folder, 'child.mjs')
  await writeFile(script, PRELUDE + body)
  return command(process.execPath, [...flags, script])
}

t.test('closing twice is harmless, using a closed source throws', async (t) => {
  const handle = addon.openFrames(2, 14, 1n)
  look(handle)
  addon.close(handle)
  addon.close(handle)
  const closed = { code: 'CLOSED', message: 'the source is closed' }
  t.throws(() => look(handle), closed)
  t.throws(() => addon.cutNow(handle, ...arrays()), closed)
  t.throws(() => addon.cut(handle, ...arrays()), closed)
  t.throws(() => addon.sketches(handle), closed)
  t.throws(() => addon.countFrame(handle, 0, new Uint8Array(60), 60, 0, 0), closed)
  t.throws(() => addon.attachKernel(handle, 1), closed)
})

t.test('what is no handle of the right kind throws', async (t) => {
  const wrong: readonly unknown[] = [{}, null, undefined, 7, 'handle', new Uint8Array(8)]
  for (const value of wrong) {
    t.throws(() => look(value as Handle), TypeError)
    t.throws(() => addon.close(value as Handle), TypeError)
    t.throws(() => addon.testKernel(value as Handle, new Uint8Array(60), 1), TypeError)
  }
  const frames = addon.openFrames(1, 14, 1n)
  t.throws(() => addon.attachKernel(frames, 1), TypeError, 'not a kernel source')
  t.throws(() => addon.startPacketSocket(frames), TypeError, 'not a packet socket')
  t.throws(() => addon.testKernel(frames, new Uint8Array(60), 1), TypeError)
  t.throws(() => addon.countFrame(frames, 0, 'x' as unknown as Uint8Array, 1, 0, 0), TypeError)
  addon.close(frames)
})

t.test('a closed kernel source runs no more', { skip: privileged }, async (t) => {
  const handle = addon.openKernel(HOOK.tcx, 2, 8, 1n, false, false)
  t.equal(addon.testKernel(handle, new Uint8Array(60), 1).verdict, -1)
  addon.close(handle)
  t.throws(() => addon.testKernel(handle, new Uint8Array(60), 1), { code: 'CLOSED' })
  t.throws(() => addon.attachKernel(handle, 1), { code: 'CLOSED' })
})

t.test('one cut at a time; closing waits for the one under way', async (t) => {
  const handle = addon.openFrames(128, 14, 1n)
  addon.countFrame(handle, 5, new Uint8Array(60), 60, 0, 0)
  const into = arrays()
  const first = addon.cut(handle, ...into)
  t.throws(() => addon.cut(handle, ...arrays()), { code: 'BUSY' })
  await first
  t.equal(into[0].reduce((sum, slot) => sum + slot, 0n) > 0n, true)
  const second = addon.cut(handle, ...arrays())
  addon.close(handle)
  t.throws(() => look(handle), { code: 'CLOSED' })
  await second
})

t.test('the garbage collector closes what was forgotten', { skip: privileged }, async (t) => {
  const { code, signal, stdout, stderr } = await child(
    t,
    `const before = files()
     const loopback = addon.interfaceIndex('lo')
     let kept = []
     for (let n = 0; n < 20; n++) {
       kept.push(addon.openKernel(HOOK.tcx, 2, 8, 1n, false, false))
       kept.push(addon.openKernel(HOOK.xdp, 2, 8, 1n, true, false))
       kept.push(addon.openPacketSocket(loopback, 2 ** 19, 8, 1n, false))
       kept.push(addon.openFrames(4, 8, 1n))
     }
     const held = files()
     kept = undefined
     for (let tries = 0; tries < 100 && files() > before; tries++) { gc(); await sleep(10) }
     console.log(JSON.stringify({ held: held - before, left: files() - before }))`,
    '--expose-gc',
  )
  t.same([code, signal], [0, null], stderr)
  /* three a kernel source: tables, array of programs, program; two a packet socket: socket and eventfd */
  t.same(JSON.parse(stdout), { held: 160, left: 0 })
})

t.test('several workers load the addon and open and close sources at once', async (t) => {
  const { code, signal, stdout, stderr } = await child(
    t,
    `if (isMainThread) {
       const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)))
       const codes = await Promise.all(workers.map((worker) =>
         new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject))))
       console.log(JSON.stringify(codes))
     } else {
       for (let n = 0; n < 200; n++) {
         const handle = addon.openFrames(4, 10, BigInt(n))
         for (let times = 0; times < 50; times++) addon.countFrame(handle, times % 4, frame, 60, 0, 0)
         const into = arrays(10)
         const cut = addon.cut(handle, ...into)
         if (n % 2) await cut
         addon.close(handle)
         await cut
         if (into[0][addon.catalog().find(({ name }) => name === 'PKTS').index] !== 50n) process.exit(3)
       }
     }`,
  )
  t.same([code, signal], [0, null], stderr)
  t.same(JSON.parse(stdout), [0, 0, 0, 0])
})

t.test('a worker ended with sources open and a cut under way takes nothing down', async (t) => {
  const sockets = privileged === false
  const { code, signal, stdout, stderr } = await child(
    t,
    `if (isMainThread) {
       const before = files()
       for (let n = 0; n < 15; n++) {
         const worker = new Worker(new URL(import.meta.url))
         await new Promise((resolve) => worker.once('message', resolve))
         await sleep(n % 3)
         await worker.terminate()
       }
       for (let tries = 0; tries < 100 && files() > before; tries++) await sleep(10)
       console.log(files() - before)
     } else {
       const { parentPort } = await import('node:worker_threads')
       const handles = [addon.openFrames(128, 14, 1n), addon.openFrames(128, 14, 1n)]
       if (${sockets}) {
         handles.push(addon.openKernel(HOOK.tcx, 2, 14, 1n, false, false))
         handles.push(addon.openPacketSocket(addon.interfaceIndex('lo'), 2 ** 19, 14, 1n, false))
       }
       parentPort.postMessage('ready')
       const again = (handle) => addon.cut(handle, ...arrays()).then(() => again(handle))
       handles.forEach(again)
       setInterval(() => {}, 1000)
     }`,
  )
  t.same([code, signal], [0, null], stderr)
  t.equal(stdout.trim(), '0', 'no descriptor is left')
})

t.test('the process may end while a cut is under way', async (t) => {
  for (const end of ['process.exit(7)', 'process.exitCode = 7', "throw new Error('end')"]) {
    for (let times = 0; times < 4; times++) {
      const { code, signal, stderr } = await child(
        t,
        `const handle = addon.openFrames(128, 14, 1n)
         for (let table = 0; table < 128; table++) addon.countFrame(handle, table, frame, 60, 0, 0)
         addon.cut(handle, ...arrays())
         ${times % 2 === 0 ? 'addon.close(handle)' : ''}
         ${end}`,
      )
      t.same([code, signal], [end.startsWith('throw') ? 1 : 7, null], `${end}: ${stderr}`)
    }
  }
})

t.test('2,000 openings and closings leave descriptors and memory as they were', async (t) => {
  const { code, stdout, stderr } = await child(
    t,
    `const loopback = addon.interfaceIndex('lo')
     async function cycle(n) {
       const handle = ${privileged !== false} || n % 20 < 18 ? addon.openFrames(2, 14, 1n)
         : n % 20 === 18 ? addon.openPacketSocket(loopback, 2 ** 19, 14, 1n, false)
         : addon.openKernel(n % 40 === 19 ? HOOK.tcx : HOOK.xdp, 2, 14, 1n, false, false)
       await addon.cut(handle, ...arrays())
       addon.close(handle)
     }
     for (let n = 0; n < 200; n++) await cycle(n)
     for (const _ of [1, 2]) { gc(); await sleep(10) }
     const [before, rss] = [files(), process.memoryUsage.rss()]
     for (let n = 0; n < 2000; n++) await cycle(n)
     for (const _ of [1, 2]) { gc(); await sleep(10) }
     const grown = (process.memoryUsage.rss() - rss) / 2 ** 20
     console.log(JSON.stringify({ files: files() - before, grown }))`,
    '--expose-gc',
  )
  t.equal(code, 0, stderr)
  const { files, grown } = JSON.parse(stdout) as { files: number; grown: number }
  t.equal(files, 0)
  /* one leaked table a cycle would be more than 300 MiB */
  t.ok(grown < 64, `${grown} MiB more`)
})
