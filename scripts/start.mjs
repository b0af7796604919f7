// SPDX-License-Identifier: Apache-2.0
/* Runs the exporter in this very process, so that a signal to npm reaches it; without the rights to count packets,
   replays the bundled capture instead and says so. Arguments go to the program as they are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/root.mjs'

const NET_ADMIN = 12n
const NET_RAW = 13n
const SYS_ADMIN = 21n
const PERFMON = 38n
const BPF = 39n

function mayCount() {
  const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  const bits = BigInt(`0x${held?.[1] ?? '0'}`)
  const has = (capability) => ((bits >> capability) & 1n) === 1n
  const bpf = has(SYS_ADMIN) || (has(BPF) && has(PERFMON))
  return has(NET_RAW) || (bpf && has(NET_ADMIN))
}

let args = process.argv.slice(2)
if (args.length === 0 && mayCount()) args = ['run']
if (args.length === 0) {
  const capture = join(root, 'test/fixtures/demo.pcap')
  console.error(`pktspot: no right to count packets here: replaying the bundled capture ${capture}.
To count an interface, run as root, or give the capabilities to a Node of your own:
  sudo npm start
  sudo setcap cap_bpf,cap_net_admin,cap_perfmon,cap_net_raw+ep "$(readlink -f "$(command -v node)")"`)
  args = ['replay', capture, '--format', 'table']
}
const main = join(root, 'dist/main.js')
process.argv = [process.argv[0], main, ...args]
await import(main)
