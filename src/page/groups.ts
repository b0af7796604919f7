// SPDX-License-Identifier: Apache-2.0
import type { Group, Meter } from './answers.ts'
import { heading, make, table, write } from './dom.ts'
import { clock, duration } from './format.ts'
import { keyRows } from './keys.ts'

/** The groups of one interface with their greatest keys. */
export interface Groups {
  readonly box: HTMLElement
  update(groups: readonly Group[]): void
}

interface Shown {
  readonly article: HTMLElement
  update(group: Group): void
}

export function createGroups(): Groups {
  const none = make('p', { class: 'none' }, 'No groups are counted.')
  const box = make('div', { class: 'groups' }, none)
  const shown = new Map<string, Shown>()
  return {
    box,
    update(groups) {
      none.hidden = groups.length > 0
      const names = new Set(groups.map(({ name }) => name))
      for (const [name, { article }] of shown) {
        if (names.has(name)) continue
        article.remove()
        shown.delete(name)
      }
      for (const group of groups) {
        const one = shown.get(group.name) ?? createGroup(group)
        if (!shown.has(group.name)) box.append(one.article)
        shown.set(group.name, one)
        one.update(group)
      }
    },
  }
}

function createGroup({ name, description }: Group): Shown {
  const when = make('p', { class: 'when' })
  const article = make(
    'article',
    { class: 'panel' },
    make('h3', {}, name, ' ', make('small', {}, description)),
    when,
  )
  const meters = new Map<number, HTMLTableSectionElement>()
  const bodyOf = (meter: Meter): HTMLTableSectionElement => {
    const known = meters.get(meter.id)
    if (known) return known
    const columns = [heading('Key'), heading(meter.name, 'col', 'number'), heading('Share')]
    const { box, body } = table(`${name}: ${meter.description}`, columns)
    meters.set(meter.id, body)
    article.append(box)
    return body
  }
  return {
    article,
    update(group) {
      write(when, bucketText(group))
      for (const meter of group.meters) bodyOf(meter).replaceChildren(...keyRows(meter))
    },
  }
}

function bucketText({ bucket, bucket_seconds }: Group): string {
  if (!bucket) return 'no bucket yet'
  const since = Date.parse(bucket.start) > 0 ? ` from ${clock(bucket.start)}` : ''
  const whole = bucket.full ? '' : ` of ${duration(bucket_seconds)}`
  return `bucket${since}, ${duration(bucket.seconds)}${whole}`
}
