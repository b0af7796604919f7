// SPDX-License-Identifier: Apache-2.0
import type { Group } from '../groups/group.ts'
import { type Labeller, labelOf } from '../groups/labels.ts'
import type { Groups } from '../groups/runtime.ts'

/** The groups of every source, and how their keys are called. */
export interface WatchedGroups {
  /** Groups as they are counted now; a reload changes them. */
  sources(): readonly Groups[]
  /** Finds the labels of a group's keys. */
  labeller(group: Group): Labeller
}

/** Watches groups; `all` are those that resolvers may be of, counted or not. */
export function watchGroups(
  sources: () => readonly Groups[],
  all: () => readonly Group[],
): WatchedGroups {
  const labellers = new WeakMap<Group, Labeller>()
  return {
    sources,
    labeller(group) {
      const known = labellers.get(group) ?? labelOf(group, all())
      labellers.set(group, known)
      return known
    },
  }
}
