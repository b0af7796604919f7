// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { GroupTable } from '../capture/group-table.ts'
import type { KeptSource } from '../capture/kept.ts'
import { randomSeed } from '../capture/layout.ts'
import { lackingForChanges } from '../capture/rights.ts'
import { PktspotError } from '../errors.ts'
import type { Exporter } from '../exporters/exporter.ts'
import { watchGroups } from '../exporters/watched-groups.ts'
import type { CompiledSet } from '../filters/compiled-set.ts'
import { countsAlike, suffices } from '../groups/alike.ts'
import { chosenGroups, type GroupChoice } from '../groups/enabled.ts'
import { type Groups, openGroups } from '../groups/runtime.ts'
import { countedGroup } from '../groups/spec.ts'
import type { UpdateGroup } from '../groups/update-group.ts'
import type { CountedGroup } from '../groups/views.ts'
import { loadAddon } from '../native/binding.ts'
import type { Settings } from '../settings/settings.ts'
import { pluginsOf } from './plugins.ts'
import type { Reloadable } from './reload.ts'
import { bitsOf, changeFilters, type FilterContext, planFilters } from './run-filters.ts'

/** Counter groups that the settings ask for, and how the core counts those that plugins do not feed. */
export interface Planned extends GroupChoice {
  readonly counted: readonly CountedGroup[]
  /** Filters of these groups and of the settings' counters. */
  readonly filters: CompiledSet
}

/** Plans the groups of the settings, and the filters of these and of counters. */
export async function planGroups(settings: Settings, of: FilterContext = {}): Promise<Planned> {
  const { groups: fed } = await pluginsOf(settings)
  const choice = await chosenGroups(settings, fed)
  const context = {
    privacy: settings.privacy,
    fields: loadAddon().keyFields(),
    seed: randomSeed(),
  }
  const own = choice.enabled.filter(({ guid }) => fed.every((each) => each.guid !== guid))
  const filters = planFilters(settings.counters, own, of)
  const counted = own.map((group) =>
    countedGroup(group, { ...context, bits: bitsOf(group, filters.groups) }),
  )
  return { ...choice, counted, filters }
}

/** Groups of every source, told of windows by publishing them. */
export interface RunGroups extends Exporter, Reloadable {
  readonly watched: ReturnType<typeof watchGroups>
  /** What a source is to be opened with now. */
  readonly planned: Planned
  /** Counts the groups at a source that was opened with them, and those that its plugins feed. */
  begin(source: KeptSource, fed: readonly UpdateGroup[]): void
  forget(source: string): void
}

/** Counts the planned groups, `base` is the length of the shortest windows in seconds. */
export function runGroups(
  first: Planned,
  { base, warn }: { base: number; warn: (line: string) => void },
): RunGroups {
  let current = first
  const counted = new Map<string, AtSource>()
  const groups = () => [...counted.values()].map((each) => each.groups)
  const wanted = (planned: Planned, { source, fed }: Place): readonly CountedGroup[] =>
    wantedAt({ planned, transmits: source.transmit !== undefined, plugins: fed }, (group) =>
      warn(
        `${source.name}: group ${group} has no series: transmitted frames are not counted there`,
      ),
    )
  /* all sources count the same groups: where one cannot, those before it go back */
  function take(next: Planned): void {
    const before = current
    const done: AtSource[] = []
    try {
      for (const each of counted.values()) {
        each.groups.reconfigure(wanted(next, each))
        done.push(each)
      }
      current = next
    } catch (error) {
      for (const each of done) each.groups.reconfigure(wanted(before, each))
      throw error
    }
  }
  return {
    name: 'groups',
    watched: watchGroups(groups, () => current.all),
    get planned() {
      return current
    },
    begin(source, fed) {
      const opened = openGroups({
        source: source.name,
        groups: wanted(current, { source, fed }),
        open: opener(source, current, fed),
        now: () => performance.now(),
      })
      counted.set(source.name, { source, fed, groups: opened })
    },
    forget(source) {
      counted.get(source)?.groups.close()
      counted.delete(source)
    },
    async prepare(next, running) {
      const wanted = [next, running].map((each) => [each.counter_groups, each.counters])
      if (isDeepStrictEqual(wanted[0], wanted[1])) return undefined
      const before = current
      const planned = await planGroups(next, { before: before.filters, warn })
      const sources = [...counted.values()].map(({ source }) => source)
      if (beginsSomething(before, planned)) refuseWithoutRights(sources)
      const sets = { before: before.filters, next: planned.filters }
      const filters = await changeFilters(sources, sets)
      return {
        commit() {
          take(planned)
          filters.commit()
        },
        undo() {
          take(before)
          filters.undo()
        },
      }
    },
    async publish({ source, window }) {
      /* while groups are shed their series stand still */
      if (window.period !== base || (window.shed ?? 0) >= 2) return
      for (const _ of counted.get(source)?.groups.advancing(window) ?? []) await turn()
    },
    /* their tables end with their sources, or go on as these do */
    async [Symbol.asyncDispose]() {},
  }
}

/** A source, and the groups that its plugins feed. */
interface Place {
  readonly source: KeptSource
  readonly fed: readonly UpdateGroup[]
}

/** What is counted at one source. */
interface AtSource extends Place {
  readonly groups: Groups
}

/** Whether something is counted that was not, or otherwise. */
function beginsSomething(before: Planned, next: Planned): boolean {
  const tried = before.filters.filters
  return (
    next.counted.some((each) => {
      const known = before.counted.find(({ group }) => group.guid === each.group.guid)
      return !known || !countsAlike(known, each) || !suffices(known.spec, each.spec)
    }) || next.filters.filters.some((each, bit) => each && !isDeepStrictEqual(each, tried[bit]))
  )
}

function refuseWithoutRights(sources: readonly KeptSource[]): void {
  for (const { name, mode } of sources) {
    const lacking = lackingForChanges(mode)
    if (lacking.length === 0) continue
    throw new PktspotError(
      'CAPABILITY_MISSING',
      `counters, counter_groups: ${name} is counted by ${mode}, where a change needs ${lacking.join(', ')}, given up at the start; set web.reload: true and restart`,
    )
  }
}

function opener(
  source: KeptSource,
  planned: Planned,
  plugins: readonly UpdateGroup[],
): (counted: CountedGroup) => GroupTable {
  /* those that the source began with have counted from its first packet on */
  const begun = new Map(planned.counted.map((counted, at) => [counted, source.groups[at]]))
  return (counted) => {
    const first = begun.get(counted)
    begun.delete(counted)
    return tableOf(plugins, counted) ?? first ?? source.openGroup(counted.spec)
  }
}

/** Groups to count at a source with these groups of plugins; those that it cannot count are told of. */
function wantedAt(
  place: {
    readonly planned: Planned
    readonly transmits: boolean
    readonly plugins: readonly UpdateGroup[]
  },
  leaveOut: (group: string) => void,
): readonly CountedGroup[] {
  const { planned, transmits, plugins } = place
  const counted = planned.counted.filter(({ spec, group }) => {
    const isCounted = transmits || !spec.direction
    if (!isCounted) leaveOut(group.name)
    return isCounted
  })
  return [...counted, ...fedGroups(planned, plugins).map((each) => each.counted)]
}

/** Gives those of the plugins' groups that are not switched off. */
export function fedGroups(
  { enabled }: Planned,
  plugins: readonly UpdateGroup[],
): readonly UpdateGroup[] {
  const on = new Set(enabled.map(({ guid }) => guid))
  return plugins.filter(({ counted }) => on.has(counted.group.guid))
}

/** Gives the table that a plugin counts a group in, from here on; undefined for a group that none feeds. */
export function tableOf(
  fed: readonly UpdateGroup[],
  { group }: CountedGroup,
): GroupTable | undefined {
  const found = fed.find(({ counted }) => counted.group.guid === group.guid)
  if (!found) return undefined
  const { table } = found
  const base = table.look()
  return { ...table, look: () => table.look().map((cell, at) => cell - (base[at] ?? 0n)) }
}
