// SPDX-License-Identifier: Apache-2.0
import { createDetail } from './detail.ts'
import { write } from './dom.ts'
import { duration } from './format.ts'
import { type Loop, startLoop } from './loop.ts'
import { askNode, type Chosen, createPage, type Node } from './page.ts'
import { createParts } from './parts.ts'
import { readPlace, writePlace } from './place.ts'
import { followTheme } from './theme.ts'
import { createTools } from './tools.ts'

/** Milliseconds between questions: once a window, and not so seldom that the live totals stand still. */
const FASTEST = 1_000
const SLOWEST = 10_000

function start(main: HTMLElement): void {
  const theme = followTheme()
  let place = readPlace()
  let node: Node | undefined
  let loop: Loop | undefined

  const go = (change: Partial<Chosen>): void => {
    place = { ...place, ...change }
    writePlace(place)
    if ('interface' in change || 'window' in change) page.restart()
    loop?.hurry()
  }
  const detail = createDetail(theme, () => go({ statistic: undefined }))
  const open = (statistic: string): void => {
    detail.open(statistic)
    go({ statistic })
  }
  const parts = createParts(main, theme, { open, reveal: () => loop?.hurry() })
  const page = createPage(parts, detail)
  const tools = createTools({
    chooseInterface: (name) => go({ interface: name }),
    chooseWindow: (window) => go({ window }),
    filter: parts.statistics.filter,
    pause: (paused) => loop?.pause(paused),
  })
  parts.tools.append(...tools.all)
  main.append(detail.dialog)
  if (place.statistic !== undefined) detail.open(place.statistic)
  /* somebody changed the address; a skip link's target is no such change */
  addEventListener('hashchange', () => {
    if (location.hash.includes('=')) location.reload()
  })

  loop = startLoop({
    async step() {
      node ??= await askNode()
      const chosen = chosenOf(node, place)
      if (!chosen) throw new Error('no interface is counted')
      tools.show({
        interfaces: node.interfaces.map(({ name }) => name),
        windows: node.status.windows,
        ...chosen,
      })
      headline(node)
      await page.refresh(chosen)
    },
    interval() {
      const seconds = node?.status.period ?? 1
      return Math.max(FASTEST, Math.min(SLOWEST, seconds * 1000))
    },
    tell(pulse) {
      tools.pulse(pulse)
      /* it may be another program when it answers again */
      if (pulse.kind === 'failed') node = undefined
    },
  })
}

function chosenOf(
  { status, interfaces }: Node,
  place: ReturnType<typeof readPlace>,
): Chosen | undefined {
  const names = interfaces.map(({ name }) => name)
  const wanted = place.interface ?? ''
  const name = names.includes(wanted) ? wanted : names[0]
  const window = status.windows.find((each) => each === place.window) ?? status.windows[0]
  if (name === undefined || window === undefined) return undefined
  return { ...place, interface: name, window }
}

function headline({ status, interfaces }: Node): void {
  const line = document.getElementById('node')
  if (!line) return
  const up = interfaces.map(({ name, mode }) => `${name} by ${mode ?? '–'}`).join(', ')
  const seconds = (Date.now() - Date.parse(status.started)) / 1000
  write(line, `${status.host} · ${up} · up ${duration(seconds)}`)
  document.title = `${status.host} · pktspot`
}

const main = document.getElementById('main')
if (main) start(main)
