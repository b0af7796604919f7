// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openInterface } from '../../src/capture/open.ts'
import { compiledSet } from '../../src/filters/compiled-set.ts'
import { filterSet } from '../../src/filters/filter-set.ts'
import { layerBits } from '../../src/groups/layers.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { must } from '../support/command.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { trafficSender } from '../support/sender.ts'

const skip = missingPrivilege() ?? false
const send = skip ? undefined : await trafficSender(t)
const SWITCH = 'kernel.bpf_stats_enabled'

/** Has the kernel measure all programs, every run of them, until the test ends; it may do so already. */
async function measured(t: Test): Promise<void> {
  const before = (await must('sysctl', '-n', SWITCH)).trim()
  await must('sysctl', '-qw', `${SWITCH}=1`)
  t.teardown(() => must('sysctl', '-qw', `${SWITCH}=${before}`))
}

/** The program of the only link that this process holds, with what it calls. */
async function runTime(): Promise<{ runs: number; nanoseconds: number }> {
  const texts = readdirSync('/proc/self/fdinfo').flatMap((fd) => {
    try {
      return [readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')]
    } catch {
      return []
    }
  })
  const link = texts.find((text) => text.includes('link_id:')) ?? ''
  const id = /prog_id:\s+(\d+)/.exec(link)?.[1] ?? ''
  const program = JSON.parse(await must('bpftool', '--json', 'prog', 'show', 'id', id))
  return { runs: program.run_cnt, nanoseconds: program.run_time_ns }
}

const COUNTERS = Array.from({ length: 8 }, (_, at) => ({
  name: `PORT_${at}`,
  help: 'A port',
  layer: 'UDP' as const,
  filter: `udp port ${1000 + at}`,
}))

for (const mode of ['tcx', 'xdp'] as const) {
  for (const features of ['nothing', 'groups', 'filters and groups'] as const) {
    t.test(`${mode}, ${features}: the run time is near the kernel's`, { skip }, async (t) => {
      const link = await network(t)
      await measured(t)
      const set = features === 'filters and groups' && {
        filters: compiledSet(
          filterSet({ counters: COUNTERS, groups: [], layerBits, fieldIndex: () => 0 }),
          { warn: () => undefined },
        ),
      }
      const { source } = await openInterface(link.here, {
        source: mode,
        budgetBytes: 32 * 2 ** 20,
        groups: features === 'nothing' ? [] : [groupSpec(['ip.src']), groupSpec(['l4.dst_port'])],
        ...set,
      })
      await using _ = source
      t.equal(source.mode, mode)
      const sent = await send?.(link, { rate: 100_000, seconds: 4, keys: 1000 })
      const kernel = await runTime()
      const { packets, nanoseconds, filters, groups } = source.load()
      t.same([filters, groups], [features === 'filters and groups', features !== 'nothing'])
      t.equal(packets, sent?.packets, 'packets that came')
      t.equal(packets, kernel.runs)
      const [ours, theirs] = [nanoseconds / packets, kernel.nanoseconds / kernel.runs]
      t.comment(`${ours.toFixed(1)} ns a packet, ${theirs.toFixed(1)} by the kernel`)
      /* the kernel's figure has a reading of the clock in it */
      const least = features === 'nothing' ? 0.5 : 0.7
      t.ok(ours > least * theirs && ours < 1.35 * theirs)
    })
  }
}
