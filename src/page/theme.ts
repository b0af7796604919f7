// SPDX-License-Identifier: Apache-2.0

const NAMES = [
  'value',
  'threshold',
  'band',
  'anomaly',
  'flagged',
  'muted',
  'grid',
  'surface',
] as const

/** Colours of the charts, as the style sheet has them for light and dark. */
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>

/** Knows the colours that hold now, and when others do. */
export interface Theme {
  colours(): Colours
  onChange(listener: () => void): void
}

/** Follows the system from light to dark and back. */
export function followTheme(): Theme {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  let colours = read()
  dark.addEventListener('change', () => {
    colours = read()
  })
  return {
    colours: () => colours,
    onChange: (listener) => dark.addEventListener('change', listener),
  }
}

function read(): Colours {
  const style = getComputedStyle(document.documentElement)
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])
  return Object.fromEntries(entries) as Colours
}
