// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events'
import { Box, render, Text, Transform, useInput } from 'ink'
import { createElement, type ReactElement } from 'react'
import type { Area, Band } from './arrange.ts'
import type { Pressed } from './controls.ts'
import type { Line } from './table.ts'

/** A terminal's input, as far as keys need it. */
export type Keyboard = NodeJS.ReadStream

/** Shows bands; each call replaces what was shown. */
export interface View {
  show(bands: readonly Band[]): void
  /** Takes no more keys, and ends the terminal's raw mode. */
  close(): void
  /** Rejects when drawing fails; resolves when the view is closed. */
  readonly ended: Promise<void>
}

export interface ViewOptions {
  readonly keyboard: Keyboard
  /** Width of the window, in characters, at any time. */
  columns(): number
  readonly colour: boolean
  onKey(key: Pressed): void
  /** Told of every drawn frame. */
  onFrame(lines: readonly string[]): void
}

/** Opens a view with nothing to see. */
export function openView({ keyboard, columns, colour, onKey, onFrame }: ViewOptions): View {
  /* the renderer's own way to the terminal clears window and history when a frame fills it */
  const write = (text: string): boolean => {
    onFrame(text.split('\n'))
    return true
  }
  const canvas = Object.assign(new EventEmitter(), { write })
  Object.defineProperty(canvas, 'columns', { get: columns })
  const stdout = canvas as unknown as NodeJS.WriteStream
  const root = (bands: readonly Band[]): ReactElement =>
    createElement(Root, { bands, colour, onKey, hasKeys: keyboard.isTTY === true })
  const instance = render(root([]), {
    stdout,
    stdin: keyboard,
    stderr: stdout,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  return {
    show: (bands) => instance.rerender(root(bands)),
    close: () => instance.unmount(),
    ended: instance.waitUntilExit(),
  }
}

interface RootProps {
  readonly bands: readonly Band[]
  readonly colour: boolean
  readonly hasKeys: boolean
  onKey(key: Pressed): void
}

function Root({ bands, colour, hasKeys, onKey }: RootProps): ReactElement {
  useInput(
    (input, key) => {
      if (key.ctrl) return input === 'c' ? onKey('ctrl-c') : undefined
      if (key.tab) return onKey(key.shift ? 'shift-tab' : 'tab')
      const arrow = (['up', 'down', 'left', 'right'] as const).find((name) => key[`${name}Arrow`])
      if (arrow) return onKey(arrow)
      for (const each of keysIn(input)) onKey(each)
    },
    { isActive: hasKeys },
  )
  const rows = bands.map((band) => createElement(Box, { columnGap: 2 }, ...band.map(column)))
  return createElement(Box, { flexDirection: 'column' }, ...rows)

  /* the renderer remembers every text that it has ever measured: what changes is put in place of one that does not */
  function column({ width, lines }: Area): ReactElement {
    const transform = (_: string, index: number): string => styled(lines[index], colour)
    const place = createElement(Text, null, Array(Math.max(1, lines.length)).fill('.').join('\n'))
    return createElement(Box, { width }, createElement(Transform, { transform, children: place }))
  }
}

/* what terminals send after ESC [, and control characters */
const NAMES: Readonly<Record<string, Pressed>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[Z': 'shift-tab',
  '\t': 'tab',
  '\u0003': 'ctrl-c',
}

/** Tells keys apart that were pressed so quickly that they come together. */
function keysIn(input: string): Pressed[] {
  const keys = input.replaceAll('\u001B', '').match(/\[[A-DZ]|[\s\S]/g) ?? []
  return keys.map((key) => NAMES[key] ?? key)
}

/* ECMA-48, SGR: bold, faint, red, and their ends */
const BOLD = ['\u001B[1m', '\u001B[22m'] as const
const FAINT = ['\u001B[2m', '\u001B[22m'] as const
const RED = ['\u001B[31m', '\u001B[39m'] as const

function styled(line: Line | undefined, colour: boolean): string {
  const { text, style } = line ?? { text: '', style: 'plain' }
  if (style === 'plain') return text
  const [on, off] = style === 'header' ? FAINT : BOLD
  const inner = style === 'alarm' && colour ? `${RED[0]}${text}${RED[1]}` : text
  return `${on}${inner}${off}`
}
