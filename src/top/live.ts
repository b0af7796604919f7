// SPDX-License-Identifier: Apache-2.0
import { arrange, type Program, type Size } from './arrange.ts'
import { type Controls, pressed, START } from './controls.ts'
import type { Frame } from './frame.ts'
import type { Scene } from './panels.ts'
import { openScreen } from './screen.ts'
import { type Keyboard, openView } from './view.ts'

/** The terminal that a view is on. */
export interface Terminal {
  readonly input: Keyboard
  readonly output: NodeJS.WriteStream
}

export interface LiveOptions {
  readonly terminal: Terminal
  readonly program: Program
  readonly interfaces: readonly string[]
  /** Whether colours may be used. */
  readonly colour: boolean
  readonly frames: AsyncIterable<Frame>
  /** What goes with a frame. */
  readonly about: () => Omit<Scene, 'frame'>
  readonly signal: AbortSignal
  /** Called when the user is done. */
  quit(): void
}

/** Shows frames until they end; the terminal is as it was before on return, and as soon as the signal aborts. */
export async function showLive(options: LiveOptions): Promise<void> {
  const { terminal, program, interfaces, frames, about, signal, quit } = options
  const { input, output } = terminal
  const choice = { panels: program.panels.length, interfaces }
  const size = (): Size => ({ columns: output.columns || 80, rows: output.rows || 24 })
  let controls: Controls = START
  let scene: Scene = { frame: { time: new Date(), interfaces: [] }, ...about() }

  const screen = openScreen(output)
  const view = openView({
    keyboard: input,
    columns: () => size().columns,
    colour: options.colour,
    onKey(key) {
      if (key === 'q' || key === 'ctrl-c') return quit()
      controls = pressed(controls, key, choice)
      draw()
    },
    onFrame: (lines) => screen.show(lines),
  })
  function draw(): void {
    view.show(arrange(program, scene, controls, size()))
  }
  function redraw(): void {
    screen.forget()
    draw()
  }
  function close(): void {
    output.off('resize', redraw)
    signal.removeEventListener('abort', close)
    screen.close()
    view.close()
    if (input.isTTY) input.setRawMode(false)
  }
  async function follow(): Promise<void> {
    for await (const frame of frames) {
      if (controls.paused) continue
      scene = { frame, ...about() }
      draw()
    }
  }
  signal.addEventListener('abort', close)
  output.on('resize', redraw)
  try {
    draw()
    await Promise.race([follow(), view.ended])
  } finally {
    close()
  }
}
