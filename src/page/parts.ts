// SPDX-License-Identifier: Apache-2.0
import { type Calibration, createCalibration } from './calibration.ts'
import { type CounterList, createCounters } from './counters.ts'
import { make } from './dom.ts'
import { createGroups, type Groups } from './groups.ts'
import { createInterfaces, type InterfaceTable } from './interfaces.ts'
import { createStatistics, type Statistics } from './statistics.ts'
import type { Theme } from './theme.ts'

/** Everything below the header. */
export interface Parts {
  readonly calibration: Calibration
  readonly statistics: Statistics
  readonly interfaces: InterfaceTable
  readonly groups: Groups
  readonly counters: CounterList
  /** Tells of open events. */
  readonly events: HTMLElement
  /** Where choices and buttons go. */
  readonly tools: HTMLElement
  /** Whether somebody can see a part. */
  isVisible(part: 'statistics' | 'interfaces' | 'groups' | 'counters'): boolean
}

/** Builds the parts and puts them on the page; `reveal` is called when one comes into sight. */
export function createParts(
  main: HTMLElement,
  theme: Theme,
  { open, reveal }: { open(name: string): void; reveal(): void },
): Parts {
  const calibration = createCalibration()
  const statistics = createStatistics(theme, open)
  const [interfaces, groups, counters] = [createInterfaces(), createGroups(), createCounters()]
  const events = make('p', { class: 'events', role: 'status' })
  const tools = make('div', { class: 'tools' })
  const shown = {
    statistics: section(
      'statistics',
      'Statistics',
      tools,
      events,
      calibration.box,
      statistics.list,
    ),
    groups: section('groups', 'Groups', groups.box),
    interfaces: section('interfaces', 'Interfaces', interfaces.box),
    counters: section('counters', 'Counters', counters.box),
  }
  const visible = new Set<Element>()
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) visible.add(target)
      else visible.delete(target)
    }
    if (entries.some(({ isIntersecting }) => isIntersecting)) reveal()
  })
  for (const each of Object.values(shown)) {
    main.append(each)
    seen.observe(each)
  }
  const isVisible: Parts['isVisible'] = (part) => visible.has(shown[part])
  return { calibration, statistics, interfaces, groups, counters, events, tools, isVisible }
}

function section(id: string, title: string, ...children: readonly HTMLElement[]): HTMLElement {
  const heading = make('h2', { id: `${id}-title` }, title)
  const labelled = { id, 'aria-labelledby': `${id}-title`, tabindex: '-1' }
  return make('section', labelled, heading, ...children)
}
