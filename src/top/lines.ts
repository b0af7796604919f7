// SPDX-License-Identifier: Apache-2.0
import { type Controls, KEYS } from './controls.ts'
import { ALL } from './header.ts'
import type { Panel, Scene } from './panels.ts'
import { isAnomalous } from './statistics-panel.ts'
import { cut, filled, type Line } from './table.ts'
import { secondsText } from './units.ts'

/** Characters between what stands at the left and at the right. */
const GAP = 2

/** Says what is shown, at the right what is unusual and when it was read. */
export function titleLine(scene: Scene, controls: Controls, width: number): Line {
  const names = scene.frame.interfaces.map(({ name }) => name)
  const alarms = scene.judged.filter(isAnomalous).length
  const right = [
    alarms > 0 ? `! ${alarms} ${alarms === 1 ? 'anomaly' : 'anomalies'}` : '',
    controls.paused ? 'PAUSED' : '',
    scene.frame.time.toTimeString().slice(0, 8),
  ].filter(Boolean)
  const end = right.join('  ')
  const left = `pktspot top  ${controls.interface ?? names.join(', ')}`
  const text = `${filled(cut(left, width - end.length - GAP), width - end.length)}${end}`
  return { text: filled(text, width).trimEnd(), style: alarms > 0 ? 'alarm' : 'title' }
}

/** Names all panels, the chosen one in brackets. */
export function tabsLine(panels: readonly Panel[], { panel }: Controls, width: number): Line {
  const tab = ({ name }: Panel, at: number): string => (at === panel ? `[${name}]` : ` ${name} `)
  const tabs = panels.map(tab)
  /* the chosen one is always in sight */
  let from = 0
  while (from < panel && tabs.slice(from, panel + 1).join('').length > width) from++
  return { text: tabs.slice(from).join('').slice(0, width).trimEnd(), style: 'title' }
}

/** Reminds of the keys, unless there is something to tell. */
export function footerLine(
  { notice, frame }: Scene,
  controls: Controls,
  panels: readonly Panel[],
  width: number,
): Line {
  if (notice !== undefined) return line(notice, width)
  const sort = panels[controls.panel]?.sorted ? `s sort: ${controls.order}` : 's sort'
  const several = frame.interfaces.length > 1 ? [`i interface: ${controls.interface ?? ALL}`] : []
  const pause = controls.paused ? 'p go on' : 'p pause'
  return line(['q quit', 'g group', sort, ...several, pause, '? help'].join('  '), width)
}

/** Explains the keys. */
export function helpLines(width: number, interval: number): Line[] {
  const keys = KEYS.map(([names, what]) => line(`  ${names.padEnd(18)}${what}`, width))
  const words = [
    '',
    `  Packets and bytes are since the start; rates are of the last ${secondsText(interval)}.`,
    '  K, M, G, T are thousands. A key returns to the view.',
  ]
  return [...keys, ...words.map((text) => line(text, width))]
}

/** Heads a panel among several. */
export function panelTitle(
  { name, sorted }: Panel,
  isSelected: boolean,
  controls: Controls,
  width: number,
): Line {
  const text = `${isSelected ? '> ' : ''}${name}${sorted ? ` by ${controls.order}` : ''}`
  return { text: filled(text, width).trimEnd(), style: 'title' }
}

/** A line of text. */
export function line(text: string, width: number): Line {
  return { text: filled(text, width).trimEnd(), style: 'plain' }
}

export function blank(width: number): Line {
  return line('', width)
}
