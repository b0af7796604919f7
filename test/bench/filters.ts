// SPDX-License-Identifier: Apache-2.0
/* Nanoseconds a packet that users' filters add, in the kernel and in user space, on one hot frame. */
import { possibleCpus } from '../../src/capture/kernel.ts'
import { columns } from '../../src/commands/columns.ts'
import { HOOK, loadAddon } from '../../src/native/binding.ts'
import { counting, mustCompile } from '../support/filter-counts.ts'
import { ethernet, FLAG, ipv4, PROTOCOL, padded, TYPE, tcp } from '../support/packets.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { spread } from './support/spread.ts'

const ROUNDS = 60
const PACKETS = 30_000
const COUNTS = [0, 1, 8, 32] as const
const HOOKS = [
  { name: 'XDP', hook: HOOK.xdp, frags: false },
  { name: 'XDP, fragments', hook: HOOK.xdp, frags: true },
  { name: 'tcx', hook: HOOK.tcx, frags: false },
] as const
const KINDS = {
  'that look at the TCP header': (index: number) => `tcp dst port ${1000 + index}`,
  'that match': (index: number) => `tcp[14:2] != ${index} and tcp[tcpflags] & tcp-rst == 0`,
  'that end at the EtherType': (index: number) => `ether proto ${0x9000 + index}`,
} as const

const addon = loadAddon()
const segment = tcp(32768, 443, FLAG.ack)
const frame = padded(ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, segment)))

/** Least nanoseconds a packet of each count of filters, measured in turns so that all see the same machine. */
async function measure(
  { hook, frags }: (typeof HOOKS)[number],
  textOf: (index: number) => string,
): Promise<number[]> {
  const sources = await Promise.all(
    COUNTS.map(async (count) => {
      const programs = await mustCompile(Array.from({ length: count }, (_, at) => textOf(at)))
      const source = addon.openKernel(hook, possibleCpus(), 12, 1n, frags, false)
      if (count > 0) await addon.setFilters(source, 1, counting(programs))
      return source
    }),
  )
  const taken = COUNTS.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, source] of sources.entries()) {
      taken[at]?.push(addon.testKernel(source, frame, PACKETS).nanoseconds)
    }
  }
  for (const source of sources) addon.close(source)
  return taken.map((times) => spread(times).minimum)
}

async function main(): Promise<void> {
  const missing = missingPrivilege()
  if (missing !== undefined) {
    console.log(`left out: ${missing}`)
    return
  }
  const rows: string[][] = []
  for (const target of HOOKS) {
    for (const [kind, textOf] of Object.entries(KINDS)) {
      const [none = 0, ...others] = await measure(target, textOf)
      rows.push([target.name, kind, String(none), ...others.map((each) => `+${each - none}`)])
    }
  }
  const header = ['', 'filters', ...COUNTS.map((count) => String(count))]
  console.log(`least of ${ROUNDS} rounds of ${PACKETS} packets, ns a packet with so many filters`)
  console.log(columns(header, rows))
}

await main()
