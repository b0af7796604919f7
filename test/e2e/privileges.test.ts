// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import t from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { command, type Finished } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { asNobody, type Capability, KERNEL, publicProgram } from '../support/nobody.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { startRun } from '../support/running.ts'
import { sample } from '../support/scrape.ts'
import { fixtureSums, type Sums, scrapedSums, settled } from '../support/sums.ts'

const skip = missingPrivilege() ?? false
const folder = skip ? '' : await publicProgram(t)
const main = join(folder, 'main.js')
const LISTEN = ['--web.listen-address', '127.0.0.1:0'] as const

/** Runs node as nobody with these capabilities, to its end. */
function node(capabilities: readonly Capability[], ...args: readonly string[]): Promise<Finished> {
  const [file, ...rest] = asNobody(capabilities)
  return command(file, [...rest, process.execPath, ...args], { timeout: 10_000 })
}

const enough = [
  ['tcx', KERNEL],
  ['xdp', KERNEL],
  ['xdp-generic', KERNEL],
  ['packet-socket', ['net_raw']],
] as const

for (const [mode, capabilities] of enough) {
  const names = capabilities.join(', ')
  t.test(`${mode} counts as nobody with ${names} and nothing else`, { skip }, async (t) => {
    const link = await network(t)
    const prefix = asNobody(capabilities)
    const running = await startRun(t, ['-i', link.here, '--source', mode], { prefix, main })
    const { packets } = await link.send(FIXTURE)
    const read = async (): Promise<Sums> => scrapedSums(await running.scrape(), link.here)
    t.same(await settled(read, packets), fixtureSums())
    const labels = { interface: link.here, mode }
    t.equal(sample(await running.scrape(), 'pktspot_source_info', labels), 1)
  })
}

const tooFew = [
  ['auto', [], ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_NET_RAW']],
  ['tcx', [], ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON']],
  ['xdp', ['net_raw'], ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON']],
  ['packet-socket', KERNEL, ['CAP_NET_RAW']],
  ['tcx', ['net_admin', 'perfmon'], ['CAP_BPF']],
  ['tcx', ['bpf', 'perfmon'], ['CAP_NET_ADMIN']],
  ['tcx', ['bpf', 'net_admin'], ['CAP_PERFMON']],
] as const

for (const [mode, capabilities, lacking] of tooFew) {
  const held = capabilities.join(', ') || 'no capability'
  t.test(`${mode} with ${held} names ${lacking.join(', ')} in one line`, { skip }, async (t) => {
    const { here } = await network(t)
    const ended = await node(capabilities, main, 'run', '-i', here, '--source', mode, ...LISTEN)
    t.equal(ended.code, 1)
    t.equal(ended.stdout, '')
    const [line = '', ...more] = ended.stderr.trimEnd().split('\n')
    t.same(more, [])
    t.ok(line.startsWith(`pktspot: ${here}: `), line)
    t.same([...new Set(line.match(/CAP_\w+/g))], lacking)
  })
}

/* Opens an interface as if the kernel had no tcx and prints what came of it. */
const WITHOUT_TCX = `
  const [folder, name] = process.argv.slice(1)
  const { openInterface } = await import(folder + '/capture/open.js')
  const options = { source: 'auto', budgetBytes: 2 ** 25, without: ['tcx'] }
  const { source, passedOver } = await openInterface(name, options)
  console.log(JSON.stringify({ mode: source.mode, passedOver }))
  await source[Symbol.asyncDispose]()
`

const fallBacks = [
  ['xdp-generic', KERNEL],
  ['packet-socket', ['net_raw']],
] as const

for (const [mode, capabilities] of fallBacks) {
  const held = capabilities.join(', ')
  t.test(`auto with ${held} on a kernel without tcx takes ${mode}`, { skip }, async (t) => {
    const { here } = await network(t)
    const module = ['--input-type=module', '-e', WITHOUT_TCX]
    const { code, stdout, stderr } = await node(capabilities, ...module, folder, here)
    t.equal(code, 0, stderr)
    const opened = JSON.parse(stdout) as { mode: string; passedOver: string[] }
    t.equal(opened.mode, mode)
    t.match(opened.passedOver, ['tcx: this kernel lacks it'], 'and says why')
  })
}
