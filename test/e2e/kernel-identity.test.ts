// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { type Addon, type Handle, HOOK, loadAddon } from '../../src/native/binding.ts'
import { numbers } from '../support/bytes.ts'
import { mutate, SHORTEST } from '../support/frames.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { readCapture } from '../support/read-pcap.ts'
import { packageRoot } from '../support/root.ts'

const skip = missingPrivilege() ?? false
const fixtures = join(packageRoot, 'test/fixtures')
const { PKTSPOT_CAPTURES: captures = '' } = process.env
const ETHERNET = 1
const BITS = 14
const BATCH = 2_000
const SEED = 0x5eed5eed5eed5eedn
const CHOSEN = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))

/**
 * Hooks, the verdict that leaves a packet to the others, and the longest frame that a test run takes: for tcx one
 * page less the room of a socket buffer; XDP carries on in fragments, up to seventeen of them.
 * A test run hands a tagged frame to tcx with all its tags in the frame (the kernel takes the outer one out only
 * when it receives from a device, in __netif_receive_skb_core), so that both hooks see the very same bytes.
 */
const HOOKS = [
  { hook: 'xdp', verdict: 2, longest: 65_000 },
  { hook: 'tcx', verdict: -1, longest: 3_700 },
] as const

type Hook = (typeof HOOKS)[number]

/** Why the kernel makes no test run over a frame (bpf_prog_test_run_skb and _xdp in net/bpf/test_run.c). */
function refusal({ hook, longest }: Hook, frame: Uint8Array): string | undefined {
  if (frame.length < SHORTEST) return 'shorter than 14 bytes'
  if (frame.length > longest) return `longer than ${longest} bytes`
  const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0)
  const whole = { 2048: 20, 34525: 40 }[type] ?? 0
  return hook === 'tcx' && frame.length < SHORTEST + whole ? 'cut within the IP header' : undefined
}

/** Keeps the frames without a reason against them, and counts the reasons. */
function without<F>(frames: readonly F[], reasonOf: (frame: F) => string | undefined): [F[], Left] {
  const left: Left = new Map()
  const kept = frames.filter((frame) => {
    const reason = reasonOf(frame)
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1)
    return reason === undefined
  })
  return [kept, left]
}

type Left = Map<string, number>

function told(left: Left): string {
  const reasons = [...left].map(([reason, frames]) => `${frames} ${reason}`)
  return reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : ''
}

interface Pair {
  /** Counts a frame in the kernel and in user space. */
  count(frame: Uint8Array): void
  /** What differs between the two: slots by name, else sketches; undefined when all is the same. */
  difference(): string | undefined
  /** Frames with another verdict than the one that leaves the packet to the others. */
  readonly wrongVerdicts: number
}

function open(t: Test, { hook, verdict }: Hook): Pair {
  const addon = loadAddon()
  const kernel = addon.openKernel(HOOK[hook], possibleCpus(), BITS, SEED, hook === 'xdp', false)
  const own = addon.openFrames(1, BITS, SEED)
  t.teardown(() => {
    addon.close(kernel)
    addon.close(own)
  })
  let wrongVerdicts = 0
  return {
    count(frame) {
      if (addon.testKernel(kernel, frame, 1).verdict !== verdict) wrongVerdicts++
      addon.countFrame(own, 0, frame, frame.length, 0, 0)
    },
    difference() {
      const [a, b] = [slots(addon, kernel), slots(addon, own)]
      const different = named(addon).filter(({ index }) => a[index] !== b[index])
      const told = different.map(({ name, index }) => `${name} ${a[index]} and ${b[index]}`)
      if (told.length > 0) return `kernel and user space: ${told.join(', ')}`
      return addon.sketches(kernel).equals(addon.sketches(own)) ? undefined : 'sketches differ'
    },
    get wrongVerdicts() {
      return wrongVerdicts
    },
  }
}

function slots(addon: Addon, handle: Handle): BigUint64Array {
  const { slots, clocks } = addon.sizes(BITS)
  const into = new BigUint64Array(slots)
  addon.look(handle, into, new BigUint64Array(clocks), new BigUint64Array(1))
  return into
}

/** Every slot, buckets included, with the name of its counter. */
function named(addon: Addon): { name: string; index: number }[] {
  return addon
    .catalog()
    .filter(({ kind }) => kind === 'sum' || kind === 'histogram')
    .flatMap(({ name, index, bounds }) =>
      Array.from({ length: bounds.length + 1 }, (_, bucket) => ({ name, index: index + bucket })),
    )
}

/** Finds the first frame that the two count differently, each alone. */
function culprit(t: Test, hook: Hook, frames: readonly Uint8Array[]): string {
  const pair = open(t, hook)
  for (const frame of frames) {
    pair.count(frame)
    const difference = pair.difference()
    if (difference) return `${difference}: ${Buffer.from(frame).toString('hex').slice(0, 400)}`
  }
  return 'no frame by itself'
}

async function compareFiles(t: Test, paths: readonly string[]): Promise<void> {
  for (const hook of HOOKS) {
    const pair = open(t, hook)
    const left: Left = new Map()
    let counted = 0
    for (const path of paths) {
      const [frames, others] = without(readCapture(await readFile(path)), ({ link, data }) =>
        link === ETHERNET ? refusal(hook, data) : 'of another link type',
      )
      for (const [reason, count] of others) left.set(reason, (left.get(reason) ?? 0) + count)
      for (const { data } of frames) pair.count(data)
      counted += frames.length
      const difference = pair.difference()
      if (difference) {
        const all = frames.map(({ data }) => data)
        t.fail(`${basename(path)}: ${difference}; first: ${culprit(t, hook, all)}`)
        return
      }
    }
    t.ok(counted > 0, `${hook.hook}: alike`)
    t.equal(pair.wrongVerdicts, 0, 'every frame goes on to the others')
    t.comment(`${hook.hook}: ${counted} frames of ${paths.length} files${told(left)}`)
  }
}

async function fixturePaths(): Promise<string[]> {
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.pcap'))
  return names.map((name) => join(fixtures, name))
}

t.test('the kernel counts every fixture as user space does', { skip }, async (t) => {
  await compareFiles(t, await fixturePaths())
})

t.test(
  'the kernel counts every Ethernet frame of the captures as user space does',
  { skip: skip || (captures === '' && 'PKTSPOT_CAPTURES names no capture collection') },
  async (t) => {
    const names = (await readdir(captures)).filter((name) => !/\.(json|md|tsv)$/.test(name))
    await compareFiles(
      t,
      names.sort().map((name) => join(captures, name)),
    )
  },
)

t.test(`100,000 broken frames are counted alike, seed ${CHOSEN}`, { skip }, async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${CHOSEN} repeats this run`)
  const files = (await fixturePaths()).filter((path) => !path.endsWith('demo.pcap'))
  const read = await Promise.all(files.map(async (path) => readCapture(await readFile(path))))
  const valid = read.flat().flatMap(({ data }) => (data.length >= SHORTEST ? [data] : []))
  const random = numbers(CHOSEN)
  const mutants = Array.from({ length: 100_000 }, () =>
    mutate(valid[Math.floor(random() * valid.length)] ?? new Uint8Array(SHORTEST), random),
  )
  for (const hook of HOOKS) {
    const pair = open(t, hook)
    const [frames, left] = without(mutants, (frame) => refusal(hook, frame))
    for (let start = 0; start < frames.length; start += BATCH) {
      const batch = frames.slice(start, start + BATCH)
      for (const frame of batch) pair.count(frame)
      const difference = pair.difference()
      if (difference) {
        t.fail(`batch at ${start}: ${difference}; first: ${culprit(t, hook, batch)}`)
        return
      }
    }
    t.ok(frames.length > (hook.hook === 'xdp' ? 99_999 : 80_000), `${hook.hook}: alike`)
    t.equal(pair.wrongVerdicts, 0, 'every frame goes on to the others')
    t.comment(`${hook.hook}: ${frames.length} frames${told(left)}`)
  }
})
