// SPDX-License-Identifier: Apache-2.0
import type { Test } from 'tap'
import { groupOpener } from '../../src/capture/open-group.ts'
import { type WatchedGroups, watchGroups } from '../../src/exporters/watched-groups.ts'
import { loadBuiltinGroups } from '../../src/groups/builtin.ts'
import type { Group } from '../../src/groups/group.ts'
import { type Groups, openGroups } from '../../src/groups/runtime.ts'
import { countedGroup } from '../../src/groups/spec.ts'
import { loadAddon } from '../../src/native/binding.ts'

/** 2023-11-14 22:13:20 UTC, a whole multiple of ten seconds. */
export const BEGAN = Date.UTC(2023, 10, 14, 22, 13, 20)

const PRIVACY = { ipv4_prefix: 32, ipv6_prefix: 128 }

/** Groups that count the frames handed in; the test turns their clock. */
export interface FrameGroups {
  readonly groups: Groups
  count(...frames: readonly Uint8Array[]): void
  /** Lets base windows of a second pass, after `each`. */
  pass(seconds: number, each?: () => void): void
}

/** Joins groups with how the core counts them. */
export function counted(groups: readonly Group[]) {
  const context = { privacy: PRIVACY, fields: loadAddon().keyFields(), seed: 1n }
  return groups.map((group) => countedGroup(group, context))
}

/** Begins to count groups in user space at a source of this name. */
export function frameGroups(t: Test, groups: readonly Group[], source = 'eth0'): FrameGroups {
  const addon = loadAddon()
  const handle = addon.openFrames(1, 14, 1n)
  t.teardown(() => addon.close(handle))
  const open = groupOpener(source, addon, handle)
  let now = 0
  const opened = openGroups({
    source,
    groups: counted(groups),
    open: ({ spec }) => open(spec),
    now: () => now * 1000,
  })
  return {
    groups: opened,
    count(...frames) {
      for (const frame of frames) addon.countFrame(handle, 0, frame, frame.length, 0, 0)
    },
    pass(seconds, each) {
      for (let second = 0; second < seconds; second++) {
        each?.()
        opened.advance({ start: new Date(BEGAN + now++ * 1000), seconds: 1, period: 1 })
      }
    },
  }
}

/** Built-in groups by their names, with lists so long and a hold of nothing, so that keys count at once. */
export async function builtinGroups(names: readonly string[], topN = 10): Promise<Group[]> {
  const all = await loadBuiltinGroups()
  return names.flatMap((name) =>
    all
      .filter((group) => group.name === name)
      .map((group) => ({
        ...group,
        meters: group.meters.map((meter) => ({ ...meter, topN })),
        limits: { ...group.limits, maxSeries: 4 * topN, hold: 0 },
      })),
  )
}

/** Watches the groups, resolved by the built-in ones besides themselves. */
export async function watchedOf(
  sources: readonly Groups[],
  own: readonly Group[] = [],
): Promise<WatchedGroups> {
  const all = [...(await loadBuiltinGroups()), ...own]
  return watchGroups(
    () => sources,
    () => all,
  )
}
