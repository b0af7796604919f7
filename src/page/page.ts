// SPDX-License-Identifier: Apache-2.0
import type { Counters, Detail, Group, History, Interface, Statistic, Status } from './answers.ts'
import { ask, askExactly } from './api.ts'
import type { DetailView } from './detail.ts'
import type { Parts } from './parts.ts'
import type { Place } from './place.ts'
import { createRates, type Rates } from './rates.ts'
import { emptySeries, extend, type Series } from './series.ts'
import { tellEvents } from './statistics.ts'

/** What is shown: never of an interface or length that there is not. */
export interface Chosen extends Place {
  readonly interface: string
  readonly window: number
}

/** What the node said of itself. */
export interface Node {
  readonly status: Status
  readonly interfaces: readonly Interface[]
}

/** Asks for what can be seen and shows it. */
export interface Page {
  refresh(chosen: Chosen): Promise<void>
  /** Has the charts begin anew. */
  restart(): void
}

/** Asks what the node is; everything else follows from it. */
export async function askNode(): Promise<Node> {
  const [status, { interfaces }] = await Promise.all([
    ask<Status>('status'),
    ask<{ interfaces: Interface[] }>('interfaces'),
  ])
  return { status, interfaces }
}

export function createPage(parts: Parts, detail: DetailView): Page {
  const rates = new Map<string, Rates>()
  let series: Series = emptySeries()
  const ratesOf = (name: string): Rates => {
    const known = rates.get(name) ?? createRates()
    rates.set(name, known)
    return known
  }

  const statistics = async (chosen: Chosen, draw: boolean): Promise<void> => {
    const { interface: name, window } = chosen
    const drawn = series
    const since = drawn.times.at(-1)
    const [{ statistics: all }, more] = await Promise.all([
      ask<{ statistics: Statistic[] }>('statistics', { interface: name, window }),
      draw ? ask<{ history: History[] }>('history', { interface: name, window, since }) : undefined,
    ])
    /* another interface was chosen while this was asked for */
    if (drawn !== series) return
    for (const each of more?.history ?? []) extend(drawn, each)
    parts.statistics.update(all, drawn, window)
    parts.calibration.update(all)
    tellEvents(parts.events, all)
  }
  const details = async ({ interface: name, window, statistic }: Chosen): Promise<void> => {
    if (statistic === undefined) return
    const path = `statistics/${encodeURIComponent(statistic)}`
    const answer = await ask<{ statistics: Detail[] }>(path, { interface: name, window })
    for (const each of answer.statistics) detail.update(each, series, window)
  }
  const groups = async ({ interface: name }: Chosen): Promise<void> => {
    const asked = { interface: name, bucket: 'running', order: 'top' }
    parts.groups.update((await ask<{ groups: Group[] }>('groups', asked)).groups)
  }
  const counters = async (chosen: Chosen): Promise<void> => {
    const [{ counters: all }, { interfaces }] = await Promise.all([
      askExactly<{ counters: Counters[] }>('counters', {}),
      ask<{ interfaces: Interface[] }>('interfaces'),
    ])
    for (const each of all) ratesOf(each.interface).take(each)
    parts.interfaces.update(interfaces, all, ratesOf)
    const own = all.find((each) => each.interface === chosen.interface)
    if (own) parts.counters.update(own, ratesOf(own.interface))
  }
  return {
    async refresh(chosen) {
      const isOpen = chosen.statistic !== undefined
      const isCounted = parts.isVisible('counters') || parts.isVisible('interfaces')
      await Promise.all([
        statistics(chosen, isOpen || parts.isVisible('statistics')),
        details(chosen),
        parts.isVisible('groups') && !isOpen ? groups(chosen) : undefined,
        isCounted && !isOpen ? counters(chosen) : undefined,
      ])
    },
    restart() {
      series = emptySeries()
      parts.statistics.clear()
    },
  }
}
