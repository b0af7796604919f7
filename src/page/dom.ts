// SPDX-License-Identifier: Apache-2.0

type Child = Node | string

/** Attributes and listeners of an element; undefined and false are left out. */
export interface Props {
  readonly [name: string]: string | boolean | undefined | ((event: Event) => void)
}

/** Makes an element; text goes in as text, never as markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') made.addEventListener(key, value)
    else if (value === true) made.setAttribute(key, '')
    else if (typeof value === 'string') made.setAttribute(key, value)
  }
  made.append(...children)
  return made
}

/** Writes text where it changed, so that nothing is drawn or read out again for nothing. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

/** Sets an attribute where it changed; undefined takes it off. */
export function mark(node: Element, name: string, value: string | undefined): void {
  if (value === undefined) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/** Makes a heading of a column or row. */
export function heading(text: string, scope: 'col' | 'row' = 'col', kind = ''): HTMLElement {
  return make('th', { scope, ...(kind && { class: kind }) }, text)
}

/** Makes a row of cells; those that are no elements become cells of text. */
export function row(...cells: readonly (string | HTMLElement)[]): HTMLTableRowElement {
  const each = cells.map((cell) => (typeof cell === 'string' ? make('td', {}, cell) : cell))
  return make('tr', {}, ...each)
}

/** Makes a table in a box of its own, which a narrow screen scrolls where the table is wide, and not the page. */
export function table(
  caption: string,
  columns: readonly HTMLElement[],
  width: 'narrow' | 'wide' = 'narrow',
): { readonly box: HTMLElement; readonly body: HTMLTableSectionElement } {
  const body = make('tbody')
  const head = make('thead', {}, make('tr', {}, ...columns))
  const made = make('table', {}, make('caption', {}, caption), head, body)
  /* what scrolls must be reached by the keyboard, too */
  const reachable = width === 'wide' && { role: 'region', 'aria-label': caption, tabindex: '0' }
  const box = make('div', { class: 'scroll', ...reachable }, made)
  return { box, body }
}

/** A bar as long as the share says; what it shows stands beside it as text. */
export function bar(share: number): HTMLElement {
  const fill = make('span', { class: 'bar-fill' })
  fill.style.inlineSize = `${Math.max(0, Math.min(1, share || 0)) * 100}%`
  return make('span', { class: 'bar', 'aria-hidden': 'true' }, fill)
}
