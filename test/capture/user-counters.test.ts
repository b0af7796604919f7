// SPDX-License-Identifier: Apache-2.0
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { handleReader } from '../../src/capture/handle-reader.ts'
import { type KeptSource, keptSource } from '../../src/capture/kept.ts'
import { withLongerWindows } from '../../src/capture/longer-windows.ts'
import type { Counted } from '../../src/capture/open.ts'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { openFilters } from '../../src/capture/source-filters.ts'
import { planFilters } from '../../src/commands/run-filters.ts'
import { withUserCounters } from '../../src/counters/user-counters.ts'
import { CaptureError } from '../../src/errors.ts'
import type { CompiledSet } from '../../src/filters/compiled-set.ts'
import { type Handle, loadAddon, loadCatalog } from '../../src/native/binding.ts'
import type { UserCounter } from '../../src/settings/counters.ts'
import { join as joined } from '../support/bytes.ts'
import { command } from '../support/command.ts'
import * as p from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { interfaceBlock, packetBlock, section } from '../support/pcapng.ts'
import { lines, pktspot, type TotalsRow } from '../support/replay.ts'

const { PKTSPOT_CAPTURES: captures = '' } = process.env
const addon = loadAddon()
t.setTimeout(240_000)

const START = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n

const counter = (name: string, filter: string, more: Partial<UserCounter> = {}): UserCounter => {
  return { name, help: name, layer: 'PKT', filter, ...more }
}
const ip = (port: number, source = '10.0.0.1'): Uint8Array =>
  p.ipv4(p.PROTOCOL.udp, p.udp(port, 53), { source })
const frame = (port: number, source?: string): Uint8Array =>
  p.ethernet(p.TYPE.ipv4, ip(port, source))

async function value(
  source: { catalog: CaptureFileCatalog; look(): { slots: BigUint64Array } },
  name: string,
) {
  return source.look().slots[source.catalog.find(name)?.index ?? -1]
}
type CaptureFileCatalog = ReturnType<typeof loadCatalog>

t.test('a pcapng file counts each packet by the filters for its own link type', async (t) => {
  const file = join(t.testdir(), 'links.pcapng')
  const raw = { ports: [{}, { link: 101 }] }
  const at = (index: number, data: Uint8Array, port = 0) => ({
    at: START + BigInt(index) * SECOND,
    data,
    port,
  })
  await writeFile(
    file,
    joined(
      section(),
      interfaceBlock({}),
      packetBlock(at(0, frame(1)), raw),
      interfaceBlock({ link: 101 }),
      packetBlock(at(1, ip(1), 1), raw),
      packetBlock(at(2, frame(2)), raw),
      section(true),
      interfaceBlock({ link: 101 }, true),
      packetBlock({ ...at(3, ip(1)), port: 0 }, { bigEndian: true, ports: [{ link: 101 }] }),
    ),
  )
  const warned: string[] = []
  const filters = planFilters(
    [
      counter('ONE', 'udp src port 1'),
      counter('TWO', 'udp src port 2'),
      counter('MAC', 'ether[12:2] = 0x800'),
    ],
    [],
    { warn: (line) => warned.push(line) },
  )
  await using whole = await openCaptureFile(file, { filters })
  t.same((await whole.totals()).error, undefined)
  t.same([await value(whole, 'ONE'), await value(whole, 'TWO')], [3n, 1n])
  await using cut = await openCaptureFile(file, { filters })
  const windows: number[] = []
  for await (const window of cut.windows(1, new AbortController().signal)) {
    windows.push(window.value('ONE'))
  }
  t.same(windows, [1, 1, 0, 1])
})

t.test(
  'what has no meaning for a link type matches nothing there and is told of once',
  async (t) => {
    const file = join(t.testdir(), 'raw.pcap')
    await writeFile(file, pcap([{ at: START, data: ip(1) }], { link: 101 }))
    const warned: string[] = []
    const wanted = [counter('MAC', 'ether src 00:00:00:00:00:01'), counter('UDP_ANY', 'udp')]
    const filters = planFilters(wanted, [], { warn: (line) => warned.push(line) })
    for (let times = 0; times < 2; times++) {
      await using source = await openCaptureFile(file, { filters })
      await source.totals()
      t.same([await value(source, 'MAC'), await value(source, 'UDP_ANY')], [0n, 1n])
    }
    t.equal(warned.length, 1)
    t.match(warned[0], /^counter MAC: matches no packet of link type 101: /)
  },
)

t.test('64 counters count apart', async (t) => {
  const file = join(t.testdir(), 'ports.pcap')
  const ports = Array.from({ length: 64 }, (_, at) => at + 1)
  const frames = ports.flatMap((port) => Array<Uint8Array>(port).fill(frame(port)))
  await writeFile(file, pcap(frames.map((data) => ({ at: START, data }))))
  const filters = planFilters(
    ports.map((port) => counter(`P${port}`, `udp src port ${port}`)),
    [],
    {},
  )
  await using source = await openCaptureFile(file, { filters })
  await source.totals()
  for (const port of ports) t.equal(await value(source, `P${port}`), BigInt(port))
})

t.test('different values of a longer window are not counted twice', async (t) => {
  const file = join(t.testdir(), 'unique.pcap')
  const sources = [
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', '10.0.0.9'],
  ]
  const frames = sources.flatMap((addresses, second) =>
    addresses.map((source) => ({ at: START + BigInt(second) * SECOND, data: frame(5, source) })),
  )
  await writeFile(file, pcap([...frames, { at: START + 12n * SECOND, data: frame(5) }]))
  const filters = planFilters([counter('WHO', 'udp', { unique: 'ip.src', layer: 'UDP' })], [], {})
  await using source = await openCaptureFile(file, { filters })
  const seen = new Map<number, number[]>()
  const windows = withLongerWindows(source, [1, 10])
  for await (const window of windows.windows(1, new AbortController().signal)) {
    const values = seen.get(window.period) ?? []
    seen.set(window.period, [...values, Math.round(window.value('WHO'))])
  }
  t.same(seen.get(1)?.slice(0, 3), [2, 2, 2])
  t.same(seen.get(10), [4, 1])
})

t.test('a change keeps cells and bits of what stays, and gives others new places', async (t) => {
  const group = { guid: '{A}', texts: ['tcp', 'udp'] }
  const wanted = { groups: [], layerBits: () => 0, fieldIndex: () => 0 }
  const { filterSet } = await import('../../src/filters/filter-set.ts')
  const [a, b, c] = [counter('A', 'tcp'), counter('B', 'udp'), counter('C', 'icmp')]
  const first = filterSet({ ...wanted, counters: [a, b], groups: [group] })
  t.same(
    first.filters.map((each) => each?.text),
    ['tcp', 'udp', 'tcp', 'udp'],
  )
  const other = { guid: '{B}', texts: ['arp'] }
  const next = filterSet({ ...wanted, counters: [c, b], groups: [other, group] }, first)
  t.equal(next.groups.find(({ guid }) => guid === '{A}')?.first, 0)
  t.same(
    next.placed.counters.find(({ counter }) => counter === b),
    first.placed.counters[1],
  )
  t.same(
    next.during.map((each) => each?.text).toSorted(),
    ['arp', 'icmp', 'tcp', 'tcp', 'udp', 'udp'],
    'what is gone is tried until the change is made',
  )
  t.equal(next.filters.filter(Boolean).length, 5)
  const [, before] = first.placed.counters
  const fresh = next.placed.counters.find(({ counter }) => counter === c)
  t.not(fresh?.cell, before?.cell)
  t.not(fresh?.place, first.placed.counters[0]?.place)
  const back = filterSet({ ...wanted, counters: [a, b], groups: [] }, next)
  t.not(back.placed.counters[0]?.id, first.placed.counters[0]?.id, 'what comes back begins anew')
  const full = Array.from({ length: 64 }, (_, at) => counter(`C${at}`, 'ip'))
  const all = filterSet({ ...wanted, counters: full })
  const changed = full.map((each) => ({ ...each, filter: 'ip6' }))
  const replaced = filterSet({ ...wanted, counters: changed }, all)
  t.equal(new Set(replaced.placed.counters.map(({ cell }) => cell)).size, 64)
  t.equal(new Set(replaced.placed.counters.map(({ place }) => place)).size, 64)
  t.throws(() => filterSet({ ...wanted, counters: [...full, a] }), { code: 'SETTINGS' })
})

/** Counts frames that a test gives it, until it is lost. */
async function passing(set: CompiledSet): Promise<Counted & { handle: Handle }> {
  const handle = addon.openFrames(1, 12, 1n)
  const filters = openFilters({ handle, target: { ifindex: 1, raw: false } }, set)
  await filters.ready
  const { look } = handleReader(addon, handle, [filters])
  return {
    handle,
    filters,
    groups: [],
    source: {
      name: 'gone0',
      mode: 'packet-socket',
      get catalog() {
        return withUserCounters(loadCatalog(), filters.counters)
      },
      look,
      openGroup: () => {
        throw new Error('no groups here')
      },
      load: () => ({ packets: 0, nanoseconds: 0, filters: false, groups: false }),
      shed: () => undefined,
      // biome-ignore lint/correctness/useYield: it ends before its first window
      async *windows() {
        throw new CaptureError('INTERFACE_GONE', 'gone0: the interface has vanished.')
      },
      async [Symbol.asyncDispose]() {
        filters.close()
        addon.close(handle)
      },
    },
  }
}

t.test('counts go on over the loss of an interface and a change meanwhile', async (t) => {
  const [stays, goes] = [counter('STAYS', 'udp'), counter('GOES', 'udp src port 1')]
  const comes = counter('COMES', 'udp src port 2')
  const first = planFilters([stays, goes], [], {})
  const next = planFilters([stays, comes], [], { before: first })
  const handles: Handle[] = []
  const open = async (set: CompiledSet) => {
    const passed = await passing(set)
    handles.push(passed.handle)
    return passed
  }
  const stop = new AbortController()
  const count = (port: number): void => {
    const handle = handles.at(-1)
    if (handle) addon.countFrame(handle, 0, frame(port), 60, 0, 0)
  }
  const kept: KeptSource = keptSource(await open(first), {
    filters: first,
    reopen: (_, filters) => open(filters ?? first),
    onChange({ up }) {
      if (up) return stop.abort()
      kept.takeFilters(next)
    },
  })
  for (const port of [1, 1, 2]) count(port)
  t.same([await value(kept, 'STAYS'), await value(kept, 'GOES')], [3n, 2n])
  for await (const _ of kept.windows(1, stop.signal));
  for (const port of [2, 2, 1, 7]) count(port)
  t.same([await value(kept, 'STAYS'), await value(kept, 'COMES')], [7n, 2n])
  t.equal(kept.catalog.find('GOES'), undefined)
  const again = planFilters([stays, goes, comes], [], { before: next })
  await kept.prepareFilters(again)
  t.equal(kept.catalog.find('GOES'), undefined, 'what is only prepared changes nothing')
  count(1)
  kept.takeFilters(again)
  count(1)
  t.equal(await value(kept, 'STAYS'), 9n)
  t.equal(await value(kept, 'COMES'), 2n)
})

const TEXTS = [
  'tcp',
  'udp port 53',
  'ip6',
  'vlan',
  'len > 500',
  'tcp[tcpflags] & tcp-syn != 0',
  'arp or icmp',
]

t.test(
  'counters over the captures are what tcpdump finds',
  { skip: captures === '' && 'PKTSPOT_CAPTURES names no capture collection' },
  async (t) => {
    const settings = join(t.testdir(), 'settings.yml')
    await writeFile(
      settings,
      JSON.stringify({ counters: TEXTS.map((text, at) => counter(`C${at}`, text)) }),
    )
    const names = (await readdir(captures))
      .filter((name) => !/\.(?:json|md|tsv)$/.test(name))
      .sort()
    const files = names.map((name) => join(captures, name))
    const { stdout } = await pktspot(['replay', '--totals', '-c', settings, ...files])
    let compared = 0
    const different: string[] = []
    for (const row of lines<TotalsRow>(stdout).filter(({ error }) => error === null)) {
      const { code, stdout: info, stderr } = await command('tcpdump', ['-nr', row.file, '--count'])
      if (code !== 0 || !/EN10MB/.test(stderr + info)) continue
      for (const [at, text] of TEXTS.entries()) {
        if ((compared + at) % 4 > 0) continue
        const { stdout } = await command('tcpdump', ['-nr', row.file, '--count', text])
        const found = Number(/(\d+) packets?/.exec(stdout)?.[1])
        if (found !== row.counters[`C${at}`])
          different.push(`${row.file} ${text}: ${found}, ${row.counters[`C${at}`]}`)
      }
      compared++
    }
    t.same(different, [])
    t.ok(compared > 100, `${compared} captures`)
  },
)
