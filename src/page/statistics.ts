// SPDX-License-Identifier: Apache-2.0
import type { Statistic } from './answers.ts'
import { type Card, createCard } from './card.ts'
import { make, write } from './dom.ts'
import type { Series } from './series.ts'
import { rankOf } from './standing.ts'
import type { Theme } from './theme.ts'

/** Milliseconds between changes of the order, but for a new event: a list that keeps moving cannot be read. */
const CALM = 5_000

/** All statistics of one interface and length as small charts. */
export interface Statistics {
  readonly list: HTMLElement
  update(statistics: readonly Statistic[], series: Series, window: number): void
  /** Shows only those whose name contains the text. */
  filter(text: string): void
  clear(): void
}

export function createStatistics(theme: Theme, open: (name: string) => void): Statistics {
  const list = make('ul', { class: 'cards' })
  const cards = new Map<string, Card>()
  const none = make('p', { class: 'none', hidden: true }, 'No statistic has such a name.')
  let wanted = ''
  let ordered = { at: Number.NEGATIVE_INFINITY, events: '' }

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        for (const card of cards.values()) if (card.item === target) card.setVisible(isIntersecting)
      }
    },
    { rootMargin: '200px' },
  )
  const cardOf = (name: string): Card => {
    const known = cards.get(name)
    if (known) return known
    const card = createCard(name, theme, () => open(name))
    cards.set(name, card)
    list.append(card.item)
    seen.observe(card.item)
    return card
  }
  const remove = (name: string): void => {
    const card = cards.get(name)
    card?.destroy()
    card?.item.remove()
    cards.delete(name)
  }
  const hide = (): void => {
    for (const [name, { item }] of cards) item.hidden = !name.toLowerCase().includes(wanted)
    none.hidden = cards.size === 0 || [...cards.values()].some(({ item }) => !item.hidden)
  }
  const order = (statistics: readonly Statistic[], series: Series): void => {
    const events = statistics
      .filter(({ tails }) => tails.upper?.event_open || tails.lower?.event_open)
      .map(({ name }) => name)
      .join()
    const now = performance.now()
    if (events === ordered.events && now - ordered.at < CALM) return
    /* what somebody is about to press stays where it is */
    if (list.matches(':hover, :focus-within')) return
    ordered = { at: now, events }
    const ranks = statistics.map((each) => ({
      item: cardOf(each.name).item,
      rank: rankOf(each, series.columns.get(each.name)),
    }))
    const items = ranks.sort((a, b) => a.rank - b.rank).map(({ item }) => item)
    if (items.some((item, index) => list.children[index] !== item)) list.append(...items)
  }
  return {
    list: make('div', {}, list, none),
    update(statistics, series, window) {
      const names = new Set(statistics.map(({ name }) => name))
      for (const name of [...cards.keys()]) if (!names.has(name)) remove(name)
      for (const each of statistics) {
        const shown = { series, column: series.columns.get(each.name), window }
        cardOf(each.name).update(each, shown)
      }
      order(statistics, series)
      hide()
    },
    filter(text) {
      wanted = text.trim().toLowerCase()
      hide()
    },
    clear() {
      for (const name of [...cards.keys()]) remove(name)
      seen.disconnect()
      ordered = { at: Number.NEGATIVE_INFINITY, events: '' }
    },
  }
}

/** Tells of open events in words, and of nothing that was told before. */
export function tellEvents(node: Element, statistics: readonly Statistic[]): void {
  const open = statistics.filter(({ tails }) => tails.upper?.event_open || tails.lower?.event_open)
  const names = open.map(({ name }) => name).join(', ')
  node.toggleAttribute('data-open', open.length > 0)
  const count = open.length === 1 ? '1 event is open' : `${open.length} events are open`
  write(node, open.length === 0 ? 'No event is open.' : `${count}: ${names}`)
}
